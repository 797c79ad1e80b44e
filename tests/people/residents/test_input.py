"""Whatever is typed, the answer is a finding beside a field or a sound entry."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.http import invalid
from people import rules
from people.models import IdentifierKind
from people.residents.models import Relation
from people.residents.schemas import NewPatient
from tests.people.residents.conftest import NUMBER

FIELDS = set(NewPatient.model_fields)
TEXT = st.text(max_size=70) | st.text(st.characters(min_codepoint=0x1F000), max_size=6)
RARE = st.text(st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF), min_size=2, max_size=6)


@given(
    name=TEXT,
    id_type=st.sampled_from(IdentifierKind),
    id_number=TEXT | st.from_regex(r"[0-9A-Zx]{8,20}", fullmatch=True),
    phone=st.none() | TEXT,
    relation=st.sampled_from(Relation),
    birth_date=st.none() | st.dates(),
    until=st.none() | st.dates(),
)
def test_nothing_typed_breaks_the_entry(**fields: object) -> None:
    try:
        entry = NewPatient.model_validate(fields)
    except ValidationError as problem:
        found = invalid(problem).errors
        assert found
        assert {error.field.split(".")[0] for error in found} <= FIELDS
        assert all(error.message for error in found)
    else:
        assert entry.born
        assert rules.name_objection(entry.name) == ""


@given(RARE)
def test_every_rare_character_of_extension_b_is_a_name(name: str) -> None:
    """生僻字: people have them on their cards (GB 18030-2022)."""
    entry = NewPatient.model_validate({"name": name, "id_number": NUMBER})
    assert entry.name == rules.tidy_name(name)
