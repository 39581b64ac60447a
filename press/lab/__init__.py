"""The lab: JupyterLite with every notebook of the book, put below `lab/` of the built site."""
