"""Files: judged by what is in them, drawn anew, private, and gone when they are not needed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from tests.conftest import NOW, TODAY
from tests.core.papers import PDF, bomb, cannot_be_deleted, draft_of, picture, reopened, stored
from tests.factories import Factory
from trainers.core import evidence, slips
from trainers.core.errors import DomainError, NotFound
from trainers.core.evidence import Erased
from trainers.core.models import ClaimDraft, Evidence, Review


@pytest.fixture
def files(tmp_path: Path) -> evidence.Files:
    return evidence.open_files(f"file://{tmp_path / 'uploads'}")


@pytest.fixture
def draft(make: Factory) -> ClaimDraft:
    return draft_of(make, make.trainer())


class TestWhatAFileMayBe:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_pictures_become_plain_jpegs(self, kind: str) -> None:
        found = evidence.clean(picture(kind))
        assert found.content_type == "image/jpeg"
        assert (reopened(found.data).format, reopened(found.data).size) == ("JPEG", (60, 40))

    def test_a_pdf_is_kept_as_it_is(self) -> None:
        assert evidence.clean(PDF) == evidence.CleanFile("application/pdf", PDF)

    def test_place_camera_and_comment_are_gone(self) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Secret Camera"
        exif[0x8825] = {1: "N", 2: (45.0, 29.0, 0.0)}
        sent = picture("JPEG", exif=exif, comment=b"secret comment")
        assert b"Secret Camera" in sent
        assert b"secret comment" in sent
        kept = evidence.clean(sent).data
        assert not reopened(kept).getexif()
        assert b"Secret" not in kept
        assert b"secret" not in kept

    def test_what_hides_behind_a_picture_is_gone(self) -> None:
        assert b"<script>" not in evidence.clean(picture() + b"<html><script>alert(1)</script>").data

    def test_a_photo_taken_sideways_is_turned_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        assert reopened(evidence.clean(picture(size=(60, 40), exif=exif)).data).size == (40, 60)

    def test_a_large_photo_is_made_smaller(self) -> None:
        assert reopened(evidence.clean(picture(size=(4800, 2400))).data).size == (2400, 1200)

    def test_see_through_parts_become_white(self) -> None:
        kept = evidence.clean(picture("PNG", mode="RGBA", color="#00000000")).data
        assert reopened(kept).getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "empty"),
            (b"hello", "Choose a photo"),
            (b"<html><body>certificate</body></html>", "Choose a photo"),
            (b"GIF89a" + b"\0" * 50, "Choose a photo"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
            (picture()[:200], "damaged"),
            (picture("PNG")[:60], "damaged"),
            (b"%PDF-1.4\n<html><script>alert(1)</script></html>", "not a PDF"),
            (PDF[:60], "not a PDF"),
            (b"%PDF-", "PDF"),
            (b"\xff" * (evidence.LARGEST + 1), "10 MB"),
        ],
    )
    def test_other_files_are_refused_with_a_sentence(self, data: bytes, says: str) -> None:
        with pytest.raises(DomainError) as caught:
            evidence.clean(data)
        assert says in caught.value.sentence
        assert caught.value.field == "photo"

    def test_a_small_file_that_unpacks_into_an_enormous_picture_is_refused(self) -> None:
        with pytest.raises(DomainError) as caught:
            evidence.clean(bomb())
        assert "40 million" in caught.value.sentence

    def test_a_picture_just_over_the_limit_is_refused_too(self) -> None:
        with pytest.raises(DomainError) as caught:
            evidence.clean(picture("PNG", size=(8000, 5001), mode="1", color="white"))
        assert "40 million" in caught.value.sentence


class TestKeeping:
    def test_a_file_is_pending_on_its_draft(
        self, session: Session, files: evidence.Files, draft: ClaimDraft
    ) -> None:
        kept = evidence.keep_upload(session, files, draft, picture(), now=NOW)
        assert (kept.state, kept.draft_id, kept.slip_code) == ("pending", draft.id, "K7-429")
        data = evidence.read_file(files, kept)
        assert len(data) == kept.size
        assert reopened(data).size == (60, 40)

    def test_the_same_file_twice_is_there_once(
        self, session: Session, files: evidence.Files, draft: ClaimDraft
    ) -> None:
        first = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        assert evidence.keep_upload(session, files, draft, PDF, now=NOW) is first
        assert stored(files) == [first.storage_key]

    def test_two_people_may_send_the_same_file_and_keep_one_each(
        self, session: Session, files: evidence.Files, make: Factory, draft: ClaimDraft
    ) -> None:
        mine = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        theirs = evidence.keep_upload(session, files, draft_of(make, make.trainer()), PDF, now=NOW)
        evidence.erase(session, files, mine, NOW)
        assert evidence.read_file(files, theirs) == PDF

    def test_no_more_than_a_handful(self, session: Session, files: evidence.Files, draft: ClaimDraft) -> None:
        for width in range(evidence.MOST_FILES):
            evidence.keep_upload(session, files, draft, picture(size=(50 + width, 50)), now=NOW)
        with pytest.raises(DomainError):
            evidence.keep_upload(session, files, draft, picture(size=(90, 90)), now=NOW)

    def test_names_in_the_store_cannot_be_guessed(self, files: evidence.Files) -> None:
        found = evidence.clean(PDF)
        assert evidence.store(files, found) != evidence.store(files, found)


class TestReading:
    def test_its_owner_may_and_others_may_not(
        self, session: Session, files: evidence.Files, make: Factory, draft: ClaimDraft
    ) -> None:
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        assert evidence.may_read(session, draft.trainer.account, kept)
        assert not evidence.may_read(session, make.trainer().account, kept)

    def test_a_reviewer_may_once_it_was_sent_in(
        self, session: Session, files: evidence.Files, make: Factory, draft: ClaimDraft
    ) -> None:
        reviewer = make.reviewer()
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        assert not evidence.may_read(session, reviewer, kept)
        evidence.attach(draft, make.term(make.credential(draft.trainer)))
        session.flush()
        assert evidence.may_read(session, reviewer, kept)

    def test_an_erased_file_is_not_found(self, session: Session, files: evidence.Files, draft: ClaimDraft) -> None:
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        evidence.erase(session, files, kept, NOW)
        with pytest.raises(NotFound):
            evidence.find_evidence(session, kept.uuid)
        with pytest.raises(NotFound):
            evidence.read_file(files, kept)
        assert stored(files) == []


class TestErasing:
    @pytest.fixture
    def attached(self, session: Session, files: evidence.Files, make: Factory, draft: ClaimDraft) -> Evidence:
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        evidence.attach(draft, make.term(make.credential(draft.trainer)))
        session.flush()
        return kept

    def decide(self, make: Factory, kept: Evidence, closed_at: Any = NOW, **more: Any) -> Review:
        assert kept.term is not None
        outcome = "confirmed" if closed_at else None
        review: Review = make.add(
            Review(
                kind=more.get("kind", "new"),
                credential_id=kept.term.credential_id,
                trainer_id=kept.trainer_id,
                opened_at=NOW,
                due_on=TODAY,
                closed_at=closed_at,
                outcome=outcome,
            )
        )
        return review

    def test_thirty_days_after_the_decision(
        self, session: Session, files: evidence.Files, make: Factory, attached: Evidence
    ) -> None:
        self.decide(make, attached)
        almost = NOW + timedelta(days=30) - timedelta(seconds=1)
        assert evidence.erase_due(session, files, now=almost) == Erased(0)
        assert evidence.read_file(files, attached) == PDF
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=30)) == Erased(1)
        assert (attached.state, attached.erased_at) == ("erased", NOW + timedelta(days=30))
        assert stored(files) == []
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=31)) == Erased(0)

    def test_not_while_somebody_still_has_to_look(
        self, session: Session, files: evidence.Files, make: Factory, attached: Evidence
    ) -> None:
        self.decide(make, attached)
        self.decide(make, attached, closed_at=None, kind="recheck")
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=400)) == Erased(0)

    def test_not_before_a_decision(self, session: Session, files: evidence.Files, attached: Evidence) -> None:
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=400)) == Erased(0)
        assert evidence.read_file(files, attached) == PDF

    def test_at_once_when_its_holder_takes_it_off(
        self, session: Session, files: evidence.Files, make: Factory, attached: Evidence
    ) -> None:
        assert attached.term is not None
        attached.term.credential.withdrawn_at = NOW
        assert evidence.erase_due(session, files, now=NOW) == Erased(1)
        assert stored(files) == []

    def test_at_the_latest_twelve_months_after_the_end_whoever_still_waits(
        self, session: Session, files: evidence.Files, make: Factory, attached: Evidence
    ) -> None:
        self.decide(make, attached, closed_at=None, kind="recheck")
        assert attached.term is not None
        assert attached.term.expires_on == date(2027, 11, 30)
        last = datetime(2028, 11, 30, 12, tzinfo=UTC)
        assert evidence.erase_due(session, files, now=last) == Erased(0)
        assert evidence.erase_due(session, files, now=last + timedelta(days=1)) == Erased(1)

    def test_the_newest_decision_counts(
        self, session: Session, files: evidence.Files, make: Factory, attached: Evidence
    ) -> None:
        self.decide(make, attached)
        self.decide(make, attached, closed_at=NOW + timedelta(days=20))
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=31)) == Erased(0)
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=50)) == Erased(1)

    def test_a_draft_of_a_withdrawn_listing_loses_its_photo_at_once(
        self, session: Session, files: evidence.Files, draft: ClaimDraft
    ) -> None:
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        assert evidence.erase_due(session, files, now=NOW) == Erased(0)
        draft.trainer.state = "withdrawn"
        session.flush()
        assert evidence.erase_due(session, files, now=NOW) == Erased(1)
        assert kept.state == "erased"

    def test_a_draft_left_alone_loses_its_photo(
        self, session: Session, files: evidence.Files, draft: ClaimDraft
    ) -> None:
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=89)) == Erased(0)
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=90)) == Erased(1)
        assert kept.state == "erased"

    def test_a_file_that_vanished_is_no_reason_to_stop(
        self, session: Session, files: evidence.Files, make: Factory, attached: Evidence
    ) -> None:
        self.decide(make, attached)
        files.delete(attached.storage_key)
        assert evidence.erase_due(session, files, now=NOW + timedelta(days=30)) == Erased(1)

    def test_a_file_that_cannot_be_deleted_stays_due_and_keeps_back_no_other(
        self, session: Session, files: evidence.Files, draft: ClaimDraft
    ) -> None:
        stuck = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        other = evidence.keep_upload(session, files, draft, picture(), now=NOW)
        cannot_be_deleted(files, stuck.storage_key)
        cannot_be_deleted(files, "ab/orphan.pdf")
        later = NOW + timedelta(days=90)
        for gone in (1, 0):
            assert evidence.erase_due(session, files, now=later) == Erased(gone, failed=1)
        assert (stuck.state, other.state, other.erased_at) == ("pending", "erased", later)

    def test_files_without_a_row_are_swept_after_a_day(
        self, session: Session, files: evidence.Files, draft: ClaimDraft
    ) -> None:
        kept = evidence.keep_upload(session, files, draft, PDF, now=NOW)
        files.write("ab/orphan.pdf", PDF)
        written_at = files.system.modified(files.path("ab/orphan.pdf"))
        assert evidence.sweep_orphans(session, files, now=written_at + timedelta(hours=23)) == Erased(0)
        assert evidence.sweep_orphans(session, files, now=written_at + timedelta(hours=25)) == Erased(1)
        assert stored(files) == [kept.storage_key]

    def test_an_empty_store_is_swept_without_complaint(self, session: Session, files: evidence.Files) -> None:
        assert evidence.sweep_orphans(session, files, now=NOW) == Erased(0)


class TestSlips:
    def test_a_code_is_easy_to_write_and_to_read(self) -> None:
        for number in range(500):
            code = slips.slip_code(str(number))
            assert len(code) == 6
            assert code[0] in slips.LETTERS
            assert code[2] == "-"
            assert all(digit in slips.DIGITS for digit in code[1] + code[3:])

    def test_a_claim_keeps_its_code_and_another_gets_another(self) -> None:
        assert slips.slip_code("one") == slips.slip_code("one")
        assert len({slips.slip_code(str(number)) for number in range(200)}) > 190

    def test_no_sign_can_be_taken_for_another(self) -> None:
        assert not set(slips.LETTERS + slips.DIGITS) & set("01OILSZBGQUVD")
