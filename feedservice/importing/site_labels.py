"""Categories or authors of site.yaml, and those that an import adds to them. Pure.

What is added is found as in the site that it makes, which is not made anew for each.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

from feedservice.domain.model import Author, Category
from feedservice.domain.taxonomy import name_key, spellings

_Label = TypeVar("_Label", bound=Author | Category)


class SiteLabels(Generic[_Label]):
    """Labels by what they are called."""

    def __init__(self, labels: Sequence[_Label]) -> None:
        self.all = list(labels)
        self._spelt = spellings(labels)
        self._slugs = {each.slug for each in labels}

    def __contains__(self, slug: str) -> bool:
        return slug in self._slugs

    def find(self, name: str) -> str:
        """Return the slug of the label that a name means, or an empty text."""
        return self._spelt.get(name_key(name), "")

    def add(self, label: _Label) -> None:
        """Add a label whose name means none so far."""
        key = name_key(label.slug)
        if name_key(self.find(label.slug)) != key:  # a slug goes before a name
            self._spelt[key] = label.slug
        self._spelt.setdefault(name_key(label.name), label.slug)
        self._slugs.add(label.slug)
        self.all.append(label)
