"""The shape of a Vietnamese syllable, written without its marks."""

from __future__ import annotations

import re

_SYLLABLE = re.compile(
    r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    r"(?:uye|uya|uyu|uay|uai|uao|uoi|uou|ieu|yeu|oai|oay|oao|oeo|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe"
    r"|oi|oo|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ch|nh|ng|[cmnpt])?"
)


def is_syllable(folded: str) -> bool:
    """Whether a folded word (lower case, no marks) could be one Vietnamese syllable."""
    return _SYLLABLE.fullmatch(folded) is not None
