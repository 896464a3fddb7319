"""Workbooks, xlsx and xls: what they may hold is checked before they are opened."""
