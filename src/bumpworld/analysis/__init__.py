"""What the chapters ask of finished models: one question a file, on top of the rooms of the package.

Chapter 3: `seam`, `phases`. Chapter 4: `interpolation`, `lesions`, `label_code`, `crossing`, `guidance`, `choices`.
Chapter 5: `ladder`, `shapes`. Chapter 6: `efficiency`, `pairs`. Chapter 7: `rivals`.
"""
