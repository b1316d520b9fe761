"""What the views of all chapters share: the page's skeleton. It knows no chapter."""
