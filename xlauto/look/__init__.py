"""How sheets look on screen and in print: styles and row heights, for templates, result lists and the summary."""
