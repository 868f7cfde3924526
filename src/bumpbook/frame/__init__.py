"""What all chapters share: sweeps and their runner, tables, claims, findings, checks of answers, style, pages, status."""
