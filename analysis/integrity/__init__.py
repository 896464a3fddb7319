"""Whether reported numbers can be right: each check returns a finding with its reason, never a verdict.

An inconsistency has innocent explanations (missing answers, rounding, a composite scale). A finding says what does not
fit; people ask the authors.
"""
