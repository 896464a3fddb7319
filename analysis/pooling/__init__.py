"""Kernels that pool effect sizes. Every one works on arrays of shape (..., k) with a mask of the studies that
count, so that leave-one-out, subgroups or a bootstrap are one call."""
