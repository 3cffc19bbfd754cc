"""From labelled pages to a trained model: reading, aligning, rendering, fitting, measuring.

Nothing that cleans imports this package, so cleaning never needs what training needs.
"""
