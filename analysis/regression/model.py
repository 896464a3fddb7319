"""Many regressions at once in the form the kernels need: residuals in an orthonormal basis, in a unit of their own.

Everything that depends on tau² depends on the effects only through their least-squares residuals, and on the design
only through the space it spans. So the design is replaced once by an orthonormal basis (a moderator such as a year
would otherwise cost half of the digits), the effects by their residuals, and the unit of the variances by a power of
four near the smallest one, which loses no digit and keeps every power of a weight finite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.pooling import batch

RANK_TOLERANCE = 1e-10
FEW_COLUMNS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Regressions that can be fitted: each has at least p studies and a design of full rank.

    y      (..., k) residuals of ordinary least squares, in units of √unit; 0 outside the mask
    v      (..., k) variances in `unit`; 1 outside the mask
    mask   (..., k) which studies count
    q      (k, p) or (..., k, p) orthonormal basis of the design
    start  (..., p) coefficients of ordinary least squares in this basis, in units of √unit
    unit   (...) of the variances
    pairs  (k, p²) products of the columns of a shared basis with few columns, else None
    """

    y: batch.Floats
    v: batch.Floats
    mask: batch.Bools
    q: batch.Floats
    start: batch.Floats
    unit: batch.Floats
    pairs: batch.Floats | None

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.q.shape[-1])

    @property
    def k(self) -> batch.Floats:
        """(...) how many studies count."""
        counted: batch.Floats = self.mask.sum(axis=-1, dtype=np.float64)
        return counted

    @property
    def df(self) -> batch.Floats:
        """(...) residual degrees of freedom, k - p."""
        return self.k - self.p

    def take(self, rows: NDArray[Any] | slice) -> Model:
        """Some of the regressions, for a model whose leading axes are one."""
        q = self.q if self.q.ndim == 2 else self.q[rows]
        return Model(self.y[rows], self.v[rows], self.mask[rows], q, self.start[rows], self.unit[rows], self.pairs)

    def spread(self) -> Model:
        """The same with an axis of length 1 before the studies, over which values of tau² can vary."""
        q = self.q if self.q.ndim == 2 else self.q[..., np.newaxis, :, :]
        return Model(
            self.y[..., np.newaxis, :],
            self.v[..., np.newaxis, :],
            self.mask[..., np.newaxis, :],
            q,
            self.start[..., np.newaxis, :],
            self.unit[..., np.newaxis],
            self.pairs,
        )

    def weights(self, tau2: batch.Floats) -> batch.Floats:
        """1/(v + tau²) for tau² of shape (...) in `unit`; 0 outside the mask."""
        inverse: batch.Floats = self.mask / (self.v + tau2[..., np.newaxis])
        return inverse

    def gram(self, w: batch.Floats) -> batch.Floats:
        """Q'WQ, shape (..., p, p)."""
        if self.pairs is not None:
            return (w @ self.pairs).reshape(*w.shape[:-1], self.p, self.p)
        return gram(self.q, w)

    def cross(self, x: batch.Floats) -> batch.Floats:
        """Q'x, shape (..., p)."""
        if self.q.ndim == 2:
            return x @ self.q
        product: batch.Floats = (x[..., np.newaxis, :] @ self.q)[..., 0, :]
        return product

    def fitted(self, g: batch.Floats) -> batch.Floats:
        """Qg, shape (..., k)."""
        if self.q.ndim == 2:
            return g @ self.q.T
        product: batch.Floats = (self.q @ g[..., np.newaxis])[..., 0]
        return product

    def quadratic(self, a: batch.Floats) -> batch.Floats:
        """q_i' A q_i for every study, A of shape (..., p, p): (..., k)."""
        product: batch.Floats = ((self.q @ a) * self.q).sum(axis=-1)
        return product


class Basis(NamedTuple):
    """X = Q R with Q'Q = I over the studies that count in any analysis; is_full: (...) or ()."""

    q: batch.Floats
    r: batch.Floats
    is_full: batch.Bools


def gram(q: batch.Floats, w: batch.Floats) -> batch.Floats:
    """Q'WQ for a basis (k, p) or (..., k, p) and weights (..., k)."""
    product: batch.Floats = np.swapaxes(q, -1, -2) @ (w[..., np.newaxis] * q)
    return product


def pairs_of(q: batch.Floats) -> batch.Floats | None:
    """What makes Q'WQ one matrix product for a whole batch; None where it would take much memory."""
    k, p = q.shape[-2:]
    if q.ndim > 2 or p > FEW_COLUMNS:
        return None
    return (q[:, :, np.newaxis] * q[:, np.newaxis, :]).reshape(k, p * p)


def basis(x: batch.Floats) -> Basis:
    """The orthonormal basis of a design (k, p) or (..., k, p), by Householder's QR."""
    size = np.sqrt((x**2).sum(axis=-2))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(size[..., np.newaxis, :] > 0, x / size[..., np.newaxis, :], 0.0)
    k, p = x.shape[-2:]
    lacking = max(p - k, 0)
    if lacking:
        scaled = np.concatenate([scaled, np.zeros((*x.shape[:-2], lacking, p))], axis=-2)
    q, r = np.linalg.qr(scaled)
    own = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    is_full = np.asarray((own > RANK_TOLERANCE).all(axis=-1) & (lacking == 0))
    usable = is_full[..., np.newaxis, np.newaxis]
    return Basis(q[..., :k, :], np.where(usable, r * size[..., np.newaxis, :], np.eye(p)), is_full)


def inverse(a: batch.Floats) -> batch.Floats:
    """The inverse of symmetric positive matrices (..., p, p); NaN where one is singular."""
    p = a.shape[-1]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if p == 1:
            return 1.0 / a
        if p == 2:
            return _inverse_of_two(a)
        scale = 1.0 / np.sqrt(np.diagonal(a, axis1=-2, axis2=-1))
        both = scale[..., :, np.newaxis] * scale[..., np.newaxis, :]
        even = a * both
        is_regular = np.asarray(np.isfinite(even).all(axis=(-1, -2)))
        safe = np.where(is_regular[..., np.newaxis, np.newaxis], even, np.eye(p))
        is_regular &= np.linalg.det(safe) > 0
        safe = np.where(is_regular[..., np.newaxis, np.newaxis], safe, np.eye(p))
        found = np.where(is_regular[..., np.newaxis, np.newaxis], np.linalg.inv(safe), np.nan)
        product: batch.Floats = found * both
        return product


def _inverse_of_two(a: batch.Floats) -> batch.Floats:
    determinant = a[..., 0, 0] * a[..., 1, 1] - a[..., 0, 1] ** 2
    turned = np.empty_like(a)
    turned[..., 0, 0], turned[..., 1, 1] = a[..., 1, 1], a[..., 0, 0]
    turned[..., 0, 1] = turned[..., 1, 0] = -a[..., 0, 1]
    result: batch.Floats = turned / determinant[..., np.newaxis, np.newaxis]
    return result


def unit_of(v: batch.Floats, mask: batch.Bools) -> batch.Floats:
    """The power of four at or below the smallest variance, shape (...)."""
    smallest = np.where(mask, v, np.inf).min(axis=-1, initial=np.inf)
    safe = np.where(np.isfinite(smallest) & (smallest > 0), smallest, 1.0)
    _, exponent = np.frexp(safe)
    power: batch.Floats = np.ldexp(1.0, 2 * ((exponent - 1) // 2))
    return power


def prepare(studies: batch.Batch, q: batch.Floats) -> tuple[Model, batch.Bools]:
    """The model of flat batches (rows, k), and which rows can be fitted; the other rows are not in the model."""
    mask, p = studies.mask, q.shape[-1]
    can = (mask.sum(axis=-1) >= p) & np.where(mask, np.isfinite(studies.y) & (studies.v > 0), True).all(axis=-1)
    can &= np.where(mask, np.isfinite(studies.v), True).all(axis=-1)
    if not mask.all() or q.ndim > 2:
        smallest = np.linalg.eigvalsh(gram(q, mask.astype(np.float64)))[..., 0]
        can &= smallest > RANK_TOLERANCE**1.5
    rows = np.flatnonzero(can)
    own = q if q.ndim == 2 else q[rows]
    return _residuals(studies.y[rows], studies.v[rows], mask[rows], own), can


def _residuals(y: batch.Floats, v: batch.Floats, mask: batch.Bools, q: batch.Floats) -> Model:
    unit = unit_of(v, mask)
    scaled = np.where(mask, y / np.sqrt(unit)[..., np.newaxis], 0.0)
    within = np.where(mask, v / unit[..., np.newaxis], 1.0)
    start = np.zeros((*unit.shape, q.shape[-1]))
    model = Model(scaled, within, mask, q, start, unit, pairs_of(q))
    counts = mask.astype(np.float64)
    spread = inverse(model.gram(counts))
    rest = scaled
    for _ in range(2):
        step = (spread @ model.cross(counts * rest)[..., np.newaxis])[..., 0]
        start = start + step
        rest = np.where(mask, rest - model.fitted(step), 0.0)
    return Model(rest, within, mask, q, start, unit, model.pairs)
