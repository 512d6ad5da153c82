"""The edge: workbooks as sheets of cells, defined names and edits. Nothing here knows a form."""
