"""Questions that the paper leaves open (chapter 8). Their measurements are `studies`; each has a module of its own."""
