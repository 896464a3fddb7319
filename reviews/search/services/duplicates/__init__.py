"""Duplicates in the database: found by a job, decided by people, joined and parted without losing anything.

``checking`` compares new records with what is there; ``planning`` says which references become one; ``uniting`` and
``parting`` write it; ``deciding`` is what people say; ``tuning`` moves the thresholds.
"""
