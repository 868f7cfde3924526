"""Instruments that measure a trained model or a set of labels. They stand on the thin core, which knows none of them."""
