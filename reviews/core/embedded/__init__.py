"""Runs Tandem on one machine: an embedded PostgreSQL and Valkey, and the processes around them.

Nothing here imports Django: the database must be up before Django can start.
"""
