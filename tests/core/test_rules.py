from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.core.errors import NotFound
from trainers.core.rules import Issuer, Rule, RuleBook, RulesError, load_rules, load_specialties, rule_book
from trainers.core.rules import read_specialties as specialties_of

ISSUER = {
    "code": '"NASM"',
    "slot": "1",
    "name": '"N"',
    "main": "true",
    "home_url": '"https://n.example"',
    "legal_note": '"Not affiliated."',
}
RULE = {
    "issuer": '"NASM"',
    "code": '"NASM-CPT"',
    "slot": "1",
    "full_name": '"NASM Certified Personal Trainer"',
    "kind": '"certification"',
    "accredited": '"unknown"',
    "cpr_aed": '"yes"',
    "confidence": '"high"',
    "read_on": "2026-08-15",
    "valid_from": "2026-08-15",
}


def table(heading: str, fields: dict[str, str]) -> str:
    return "\n".join([f"[[{heading}]]", *(f"{name} = {value}" for name, value in fields.items()), ""])


def written(folder: Path, text: str) -> Path:
    path = folder / "issuers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, *rules: dict[str, str], issuer: dict[str, str] | None = None) -> RuleBook:
    text = table("issuer", {**ISSUER, **(issuer or {})})
    codes = [{**RULE, **rule}["code"] for rule in rules]
    rules = tuple({"slot": str(codes.index(code) + 1), **rule} for code, rule in zip(codes, rules, strict=True))
    return load_rules(written(folder, text + "".join(table("rule", {**RULE, **rule}) for rule in rules)))


# --- the rules of this checkout


def test_every_credential_type_is_there() -> None:
    assert [rule.key for rule in rule_book().rules] == [
        *(f"NASM/NASM-{code}" for code in ("CPT", "PTC", "CSNC", "CWC", "CNC", "CES", "PES", "VCS")),
        *(f"ACSM/ACSM-{code}" for code in ("CPT", "EP", "CEP", "GEI", "OTHER")),
        "RRCA/RRCA-L1",
        "RRCA/RRCA-L2",
        "UESCA/UESCA-RUN",
        "FMS/FMS-L1",
        "FMS/FMS-L2",
        "STATE/PT-LICENCE",
    ]


def test_only_training_certifications_of_the_two_main_issuers_count_in_the_default_search() -> None:
    book = rule_book()
    assert [issuer.code for issuer in book.main_issuers] == ["NASM", "ACSM"]
    assert {rule.code for rule in book.rules if rule.qualifies} == {
        "NASM-CPT", "ACSM-CPT", "ACSM-EP", "ACSM-CEP", "ACSM-GEI",
    }  # fmt: skip


def test_nasm_takes_late_renewals_for_a_year_if_the_units_were_complete_by_day_90() -> None:
    rule = rule_book().rule("NASM", "NASM-CPT")
    assert (rule.cycle_months, rule.late_window_days, rule.units_by_day) == (24, 365, 90)
    assert (rule.late_until, rule.reinstatement_years, rule.fixed_end) == (None, None, None)


@pytest.mark.parametrize(("code", "units"), [("CPT", 45_000), ("EP", 60_000), ("CEP", 60_000), ("GEI", 45_000)])
def test_acsm_ends_in_december_takes_late_renewals_to_june_and_restores_for_three_years(
    code: str, units: int
) -> None:
    rule = rule_book().rule("ACSM", f"ACSM-{code}")
    assert (rule.cycle_months, rule.units_required, rule.unit_name) == (36, units, "CEC")
    assert (rule.fixed_end, rule.late_until, rule.reinstatement_years) == ((12, 31), (6, 30), 3)
    assert rule.late_window_days is None


def test_units_are_whole_thousandths_and_keep_the_issuers_spelling() -> None:
    rule = rule_book().rule("NASM", "NASM-CSNC")
    assert (rule.units_required, rule.units_text, rule.contact_hours_per_unit) == (1_900, "1.9", 10)


def test_of_nasms_two_units_a_tenth_comes_from_the_cpr_card_alone() -> None:
    rule = rule_book().rule("NASM", "NASM-CPT")
    assert (rule.units_required, rule.education.cpr_card, rule.education.units_after_end) == (2_000, 100, 90)
    assert rule.education.petition
    assert rule_book().rule("NASM", "NASM-CSNC").education.cpr_card is None


def test_acsms_caps_have_a_year_from_which_they_hold() -> None:
    levels = {}
    for code in ("GEI", "CPT", "EP", "CEP"):
        education = rule_book().rule("ACSM", f"ACSM-{code}").education
        assert (education.cpr_a_year, education.cpr_from) == (5_000, date(2025, 1, 1))
        assert (education.committee_a_year, education.committee_a_cycle) == (8_000, 24_000)
        assert (education.per_college_credit, education.petition) == (10_000, False)
        levels[code] = education.level or 0
    assert sorted(levels, key=levels.__getitem__) == ["GEI", "CPT", "EP", "CEP"]


def test_what_is_not_known_stays_absent() -> None:
    rule = rule_book().rule("NASM", "NASM-CES")
    assert not rule.has_cycle
    assert (rule.cycle_months, rule.units_required, rule.late_window_days, rule.cpr_aed) == (
        None,
        None,
        None,
        "unknown",
    )


@pytest.mark.parametrize("rule", rule_book().versions, ids=lambda rule: rule.key)
def test_a_rule_names_its_source_or_says_that_the_issuer_must_be_asked(rule: Rule) -> None:
    assert rule.read_on == date(2026, 8, 15)
    assert rule.alert_days == (90, 30, 7, 1, -1)
    assert rule.notes
    if rule.source is None:
        assert rule.confidence == "low"
        assert any("Check with the issuer" in note for note in rule.notes)
    else:
        assert urlsplit(rule.source).hostname


@pytest.mark.parametrize("issuer", rule_book().issuers, ids=lambda issuer: issuer.code)
def test_an_issuer_says_that_we_are_not_affiliated(issuer: Issuer) -> None:
    assert "not affiliated" in issuer.legal_note
    assert issuer.finder_link.startswith("https://")


def test_the_main_issuers_can_be_looked_up_by_everybody() -> None:
    for issuer in rule_book().main_issuers:
        assert issuer.lookup_url is not None
        assert issuer.lookup_hint is not None
        certifications = [rule for rule in rule_book().rules if rule.issuer == issuer.code and rule.qualifies]
        assert {rule.lookup_url for rule in certifications} == {issuer.lookup_url}


def test_a_code_that_is_ours_is_never_shown_as_the_issuers() -> None:
    book = rule_book()
    assert book.rule("NASM", "NASM-CPT").label == "NASM-CPT"
    assert book.rule("NASM", "NASM-PTC").label == "NASM Personal Trainer Certificate"


def test_an_older_programme_has_no_public_lookup_and_the_late_window_of_its_issuer() -> None:
    rule = rule_book().rule("ACSM", "ACSM-OTHER")
    assert (rule.lookup_url, rule.units_required, rule.confidence) == (None, None, "low")
    assert (rule.late_until, rule.reinstatement_years, rule.fixed_end) == ((6, 30), 3, (12, 31))


def test_unknown_names_are_not_found() -> None:
    book = rule_book()
    assert book.issuer("ACSM").name == "American College of Sports Medicine"
    with pytest.raises(NotFound):
        book.issuer("ACE")
    with pytest.raises(NotFound):
        book.rule("ACSM", "NASM-CPT")
    with pytest.raises(NotFound):
        book.by_key("NASM-CPT")


# --- rules that change


def test_the_newest_row_stands_in_the_list_and_older_ones_answer_for_their_time(tmp_path: Path) -> None:
    book = load(
        tmp_path,
        {"cycle_months": "36", "valid_from": "2027-01-01"},
        {"cycle_months": "24", "valid_from": "2026-01-01"},
        {"code": '"NASM-CES"'},
    )
    assert [(rule.code, rule.cycle_months) for rule in book.rules] == [("NASM-CPT", 36), ("NASM-CES", None)]
    assert book.rule("NASM", "NASM-CPT", date(2026, 12, 31)).cycle_months == 24
    assert book.rule("NASM", "NASM-CPT", date(2027, 1, 1)).cycle_months == 36
    assert book.rule("NASM", "NASM-CPT").cycle_months == 36
    today = book.rules_on(date(2026, 12, 31))
    assert [(rule.code, rule.cycle_months) for rule in today] == [("NASM-CPT", 24), ("NASM-CES", None)]
    assert [rule.cycle_months for rule in book.coming(today[0])] == [36]
    assert book.earlier(today[0]) == book.coming(book.rules_on(date(2027, 1, 1))[0]) == ()


STARTS = st.lists(st.dates(date(2020, 1, 1), date(2030, 12, 31)), min_size=1, max_size=5, unique=True)


@given(STARTS, st.dates(date(2019, 1, 1), date(2031, 12, 31)))
def test_on_any_day_the_last_row_that_has_begun_holds_or_else_the_first(starts: list[date], day: date) -> None:
    template = rule_book().rule("NASM", "NASM-CPT")
    book = RuleBook((), tuple(Rule(**{**vars(template), "valid_from": start}) for start in starts))
    begun = [start for start in starts if start <= day]
    assert book.rule("NASM", "NASM-CPT", day).valid_from == (max(begun) if begun else min(starts))


def test_a_row_may_have_its_own_ladder_and_defaults_fill_the_rest(tmp_path: Path) -> None:
    rule = {name: value for name, value in RULE.items() if name not in ("read_on", "valid_from")}
    text = "[defaults]\nread_on = 2026-08-15\nvalid_from = 2026-01-01\nalert_days = [90, -1]\n"
    text += table("issuer", ISSUER) + table("rule", {**rule, "code": '"A"'})
    text += table("rule", {**rule, "code": '"B"', "slot": "2", "alert_days": "[7]"})
    first, second = load_rules(written(tmp_path, text)).rules
    assert (first.alert_days, first.valid_from) == ((90, -1), date(2026, 1, 1))
    assert second.alert_days == (7,)


# --- mistakes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", '"diploma"'),
        ("kind", "3"),
        ("accredited", "true"),
        ("accreditor", '"NCCA"'),
        ("cpr_aed", '"sometimes"'),
        ("confidence", '"sure"'),
        ("cycle_months", '"24"'),
        ("cycle_months", "0"),
        ("cycle_months", "true"),
        ("units_required", "2.0"),
        ("units_required", '"2,0"'),
        ("units_required", '"-1"'),
        ("units_required", '"2.0005"'),
        ("unit_name", '" "'),
        ("qualifies", '"yes"'),
        ("reinstatement_years", "3"),
        ("late_window", "365"),
        ("late_window", '{ until = "06-30" }'),
        ("fixed_end", '"12-32"'),
        ("fixed_end", '"02-29"'),
        ("fixed_end", '"W26-7"'),
        ("source", '"www.nasm.org"'),
        ("read_on", '"2026-08-15"'),
        ("valid_from", "2026-08-15T10:00:00"),
        ("notes", '"one note"'),
        ("alert_days", "[30, 90]"),
        ("alert_days", "[30, 30]"),
        ("alert_days", '["30"]'),
        ("graceful", "90"),
        ("issuer", '"ACSM"'),
    ],
)
def test_a_mistake_is_named_by_file_row_and_field(tmp_path: Path, field: str, value: str) -> None:
    with pytest.raises(RulesError) as caught:
        load(tmp_path, {"code": '"NASM-CES"'}, {field: value})
    issuer = value.strip('"') if field == "issuer" else "NASM"
    assert str(caught.value).startswith(f"issuers.toml, rule 2 ({issuer}/NASM-CPT), {field}: ")


@pytest.mark.parametrize(
    ("window", "field"),
    [
        ("{ days = 365, units_by_day = 366 }", "late_window"),
        ('{ days = 365, until = "06-30" }', "late_window"),
        ("{ units_by_day = 90 }", "late_window"),
        ("{ day = 365 }", "late_window, day"),
        ('{ until = "June" }', "late_window, until"),
    ],
)
def test_a_late_window_that_means_nothing_is_refused(tmp_path: Path, window: str, field: str) -> None:
    with pytest.raises(RulesError) as caught:
        load(tmp_path, {"cycle_months": "24", "late_window": window})
    assert str(caught.value).startswith(f"issuers.toml, rule 1 (NASM/NASM-CPT), {field}: ")


@pytest.mark.parametrize(
    ("education", "field"),
    [
        ('{ cpr_cart = "0.1" }', "education, cpr_cart"),
        ("{ cpr_card = 0.1 }", "education, cpr_card"),
        ('{ cpr_card = "2.1" }', "education, cpr_card"),
        ('{ caps_unconfirmed = ["lectures"] }', "education, caps_unconfirmed"),
        ('{ cpr_from = "2025" }', "education, cpr_from"),
    ],
)
def test_education_that_means_nothing_is_refused(tmp_path: Path, education: str, field: str) -> None:
    with pytest.raises(RulesError) as caught:
        load(tmp_path, {"units_required": '"2.0"', "unit_name": '"CEU"', "education": education})
    assert str(caught.value).startswith(f"issuers.toml, rule 1 (NASM/NASM-CPT), {field}: ")


@pytest.mark.parametrize("field", sorted(RULE))
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    rule = {name: value for name, value in RULE.items() if name != field}
    with pytest.raises(RulesError, match=rf"issuers\.toml, rule 1 \(.*\), {field}: "):
        load_rules(written(tmp_path, table("issuer", ISSUER) + table("rule", rule)))


def test_a_certificate_cannot_count_in_the_default_search(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="qualifies: only a certification of a main issuer"):
        load(tmp_path, {"kind": '"certificate"', "qualifies": "true"})
    with pytest.raises(RulesError, match="qualifies: only a certification of a main issuer"):
        load(tmp_path, {"qualifies": "true"}, issuer={"main": "false"})


def test_the_same_row_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"issuers\.toml, rule 2 \(NASM/NASM-CPT from 2026-08-15\), code: "):
        load(tmp_path, {}, {})


def test_a_lookup_needs_a_name_that_cards_can_say(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"issuers\.toml, issuer 1 \(NASM\), lookup_name: is missing"):
        load(tmp_path, {}, issuer={"lookup_url": '"https://n.example/look"'})


@pytest.mark.parametrize(
    "text", ["", "[[issuer]]\ncode = ", "rule = [1]\n", "[[extra]]\na = 1\n", "defaults = 1\n"]
)
def test_a_file_that_is_no_rule_book_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(RulesError, match=r"^issuers\.toml"):
        load_rules(written(tmp_path, text + (table("issuer", ISSUER) if "[" not in text else "")))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"issuers\.toml cannot be read"):
        load_rules(tmp_path / "issuers.toml")


# --- specialties


def test_specialties_have_a_name_and_say_what_is_meant() -> None:
    found = load_specialties()
    assert 12 <= len(found) <= 18
    assert {"running", "hip-strength", "movement-screen", "corrective-exercise", "deadlift"} <= {
        one.slug for one in found
    }
    assert all(one.name and one.hint for one in found)
    assert len({one.name for one in found}) == len(found)


def test_changing_the_list_one_was_given_changes_nothing_for_others() -> None:
    load_specialties().clear()
    assert load_specialties()


@pytest.mark.parametrize("slug", ["Hip", "hip strength", "-hip", "x" * 41])
def test_a_specialty_whose_slug_cannot_stand_in_an_address_is_refused(tmp_path: Path, slug: str) -> None:
    path = tmp_path / "specialties.toml"
    fields = {"slug": f'"{slug}"', "bit": "1", "name": '"Hip"', "hint": '"Hip"'}
    path.write_text(table("specialty", fields), encoding="utf-8")
    with pytest.raises(RulesError, match=r"specialties\.toml, specialty 1 \(.*\), slug: "):
        specialties_of(path)


# --- where the search keeps each of them


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ({"slot": "25"}, {}, r"rule 1 .*, slot: must be 24 or less"),
        ({"slot": "0"}, {}, r"rule 1 .*, slot: must be a whole number above 0"),
        ({"slot": "3"}, {"slot": "3"}, r"rule 2 .*, slot: stands there already"),
        (
            {},
            {"code": '"NASM-CPT"', "valid_from": "2027-01-01", "slot": "3"},
            r"rule 2 .*, slot: is another",
        ),
    ],
)
def test_each_type_has_a_slot_of_its_own_for_good(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], problem: str
) -> None:
    with pytest.raises(RulesError, match=problem):
        load(tmp_path, first, {"code": '"NASM-CES"', **second})


def test_two_specialties_cannot_be_counted_in_one_place(tmp_path: Path) -> None:
    path = tmp_path / "specialties.toml"
    rows = ({"slug": f'"{slug}"', "bit": "1", "name": '"Hip"', "hint": '"Hip"'} for slug in ("hip", "knee"))
    path.write_text("".join(table("specialty", row) for row in rows), encoding="utf-8")
    with pytest.raises(RulesError, match=r"specialties\.toml, specialty 2 \(.*\), bit: stands there already"):
        specialties_of(path)
