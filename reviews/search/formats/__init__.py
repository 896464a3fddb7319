"""File formats of bibliographic exports: bytes in, parsed records out, one module per format.

`reading` is the public face; nothing here knows Django. A new format is a module with a `FORMAT`
(see `layout`) and one line in `registry`.
"""
