"""Prior scores of entity tags, given the part-of-speech tags.

The tagger has learned from a treebank of news which words name something; the entity
recogniser has seen far fewer names, but knows what kind they are of. So a proper noun
is made less likely outside every entity, and any other word less likely to be in the
name of a person, place or body. The steps are log odds, chosen on the news.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_PROPER = frozenset({"NNP", "NNPC"})
_NOMINAL = ("NN", "JJ", "QC", "UNK")
_NAMED = frozenset({"PER", "LOC", "ORG"})
_PROPER_OUTSIDE = -2.0
_NOMINAL_NAMED = -0.5
_OTHER_NAMED = -1.0


def tag_priors(xpos: Sequence[str], tags: Sequence[str]) -> Array:
    """Return the prior of each tag of the recogniser for each tag of the tagger.

    `xpos` are tags of the Hindi Dependency Treebank, `tags` those of the recogniser:
    `O`, or a part and a type as in `B-PER`. The result [xpos, tag] is added to the
    recogniser's scores before the best path is sought. No tag tells nothing.
    """
    named = np.array([tag[2:] in _NAMED for tag in tags])
    outside = np.array([tag == "O" for tag in tags])
    priors = np.zeros((len(xpos), len(tags)), np.float32)
    for row, tag in enumerate(xpos):
        if tag in _PROPER:
            priors[row, outside] = _PROPER_OUTSIDE
        elif tag not in ("", "_"):
            nominal = tag.startswith(_NOMINAL)
            priors[row, named] = _NOMINAL_NAMED if nominal else _OTHER_NAMED
    return priors
