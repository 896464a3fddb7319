"""XML and JSON exports, cut into records as text before any of it is parsed.

So a damaged record costs itself and not the file, two files glued together are both read, raw text and line
numbers are exact whatever the encoding, and document types and entities never reach a parser.
"""
