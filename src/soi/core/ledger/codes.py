"""Every code with which the ledger refuses something, and what it means.

The codes are stable: the API, the command's exit status and the documentation share them.
`SENTENCES` has one Vietnamese and one English sentence for each, since `soi verify` has to explain
itself without the rest of the house.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Code(StrEnum):
    """Why something was refused."""

    # What was handed in (LedgerError)
    NOT_CANONICAL = "log_not_canonical"
    LEAF_INVALID = "log_leaf_invalid"
    KEY_INVALID = "log_key_invalid"
    POLICY_INVALID = "log_policy_invalid"
    NOTE_INVALID = "log_note_invalid"
    NOTE_DUPLICATE = "log_note_duplicate"
    SIGNATURE_WRONG = "log_signature_wrong"
    SIGNATURE_MISSING = "log_signature_missing"
    CHECKPOINT_INVALID = "log_checkpoint_invalid"
    ORIGIN_OTHER = "log_origin_other"
    WITNESSES_MISSING = "log_witnesses_missing"
    PROOF_INVALID = "log_proof_invalid"
    PROOF_WRONG = "log_proof_wrong"
    PATH_INVALID = "log_path_invalid"
    OUTSIDE = "log_outside"
    CODE_INVALID = "log_code_invalid"
    CODE_DIFFERS = "log_code_differs"
    RECORD_INVALID = "log_record_invalid"
    PAGE_DIFFERS = "log_page_differs"
    PICTURE_UNREADABLE = "log_picture_unreadable"
    NOT_LOGGED = "log_not_logged"
    SITE_DIFFERS = "log_site_differs"

    # A witness (LedgerError)
    WITNESS_REFUSED = "log_witness_refused"
    WITNESS_CONFLICT = "log_witness_conflict"
    WITNESS_UNREADABLE = "log_witness_unreadable"
    WITNESS_AHEAD = "log_witness_ahead"
    WITNESS_CLOCK = "log_witness_clock"

    # The desk's own log (LogFault)
    GAP = "log_gap"
    CONFLICT = "log_conflict"
    DAMAGED = "log_damaged"
    BUSY = "log_busy"


SENTENCES: Mapping[Code, tuple[str, str]] = MappingProxyType(
    {
        Code.NOT_CANONICAL: (
            "Dữ liệu này không ghi được thành JSON chuẩn tắc.",
            "This data can't be written as canonical JSON.",
        ),
        Code.LEAF_INVALID: (
            "Đây không phải là một mục của sổ công khai.",
            "This is not a leaf of a public log.",
        ),
        Code.KEY_INVALID: (
            "Khoá của sổ không đúng dạng; hãy chép lại nguyên văn từ nơi công bố.",
            "The key of the log is malformed; copy it again, whole, from where it is published.",
        ),
        Code.POLICY_INVALID: (
            "Danh sách khoá và người làm chứng không dùng được cùng nhau.",
            "These keys and witnesses can't be used together.",
        ),
        Code.NOTE_INVALID: (
            "Văn bản ký không đúng dạng; hãy tải lại nguyên bản.",
            "The signed note is malformed; fetch it again, unchanged.",
        ),
        Code.NOTE_DUPLICATE: (
            "Một khoá ký hai lần trong cùng một văn bản.",
            "One key signs the same note twice.",
        ),
        Code.SIGNATURE_WRONG: (
            "Chữ ký không khớp: nội dung đã bị sửa, hoặc không phải do khoá này ký.",
            "A signature does not fit: the text was changed, or this key never signed it.",
        ),
        Code.SIGNATURE_MISSING: (
            "Không có chữ ký nào của khoá được tin.",
            "No trusted key has signed this.",
        ),
        Code.CHECKPOINT_INVALID: (
            "Mốc của sổ không đúng dạng.",
            "The checkpoint of the log is malformed.",
        ),
        Code.ORIGIN_OTHER: (
            "Đây là mốc của một sổ khác.",
            "This checkpoint is of another log.",
        ),
        Code.WITNESSES_MISSING: (
            "Chưa đủ người làm chứng ký vào mốc này.",
            "Too few witnesses have signed this checkpoint.",
        ),
        Code.PROOF_INVALID: (
            "Tệp bằng chứng không đúng dạng; hãy tải lại nguyên bản.",
            "The proof file is malformed; fetch it again, unchanged.",
        ),
        Code.PROOF_WRONG: (
            "Bằng chứng không dẫn tới mốc đã ký: sổ hoặc mục này đã bị sửa.",
            "The proof does not lead to the signed checkpoint: the log or the leaf was changed.",
        ),
        Code.PATH_INVALID: (
            "Đây không phải là đường dẫn của một tệp trong sổ.",
            "This is not the path of a file of the log.",
        ),
        Code.OUTSIDE: (
            "Sổ chưa có mục này.",
            "The log does not reach that far.",
        ),
        Code.CODE_INVALID: (
            "Đây không phải là mã trên thẻ chia sẻ; hãy quét lại.",
            "This is not the code of a share card; scan it again.",
        ),
        Code.CODE_DIFFERS: (
            "Thẻ này không phải của bản đã ghi vào sổ: thẻ đã bị sửa, hoặc của bản khác.",
            "The card is not of what was logged: it was changed, or is of another edition.",
        ),
        Code.RECORD_INVALID: (
            "Tệp này không có bản ghi của một bài kiểm chứng.",
            "This file holds no record of a check.",
        ),
        Code.PAGE_DIFFERS: (
            "Trang không nói đúng như bản ghi đi kèm: có người đã sửa trang.",
            "The page does not say what its record says: somebody has changed the page.",
        ),
        Code.PICTURE_UNREADABLE: (
            "Không đọc được mã của thẻ chia sẻ trong ảnh này.",
            "No code of a share card can be read in this picture.",
        ),
        Code.NOT_LOGGED: (
            "Sổ không có bản này: nội dung đã bị sửa, hoặc chưa từng được công bố như vậy.",
            "The log does not hold this: it was changed, or was never published so.",
        ),
        Code.SITE_DIFFERS: (
            "Trang web đã xuất không khớp với sổ công khai của nó.",
            "The exported site does not fit its public log.",
        ),
        Code.WITNESS_REFUSED: (
            "Người làm chứng từ chối ký.",
            "The witness refuses to sign.",
        ),
        Code.WITNESS_CONFLICT: (
            "Người làm chứng đã thấy một sổ khác với sổ này; phải tìm nguyên nhân ngay.",
            "The witness has seen another log than this one; find out why at once.",
        ),
        Code.WITNESS_AHEAD: (
            "Người làm chứng đã ký một sổ dài hơn sổ này; sổ đã bị lùi lại, phải tìm nguyên nhân.",
            "The witness has signed a longer log than this one; it was rolled back: find out why.",
        ),
        Code.WITNESS_CLOCK: (
            "Đồng hồ của người làm chứng lệch với đồng hồ ở đây quá một giờ.",
            "The clock of the witness is more than an hour from the one here.",
        ),
        Code.WITNESS_UNREADABLE: (
            "Không đọc được câu trả lời của người làm chứng.",
            "The reply of the witness can't be read.",
        ),
        Code.GAP: (
            "Sổ còn thiếu các mục trước đó; hãy ghi lại từ nhật ký.",
            "The log lacks the leaves before these; write them again from the journal.",
        ),
        Code.CONFLICT: (
            "Sổ đã ghi một mục khác ở chỗ này; không ghi đè.",
            "The log already holds another leaf in this place; nothing was overwritten.",
        ),
        Code.DAMAGED: (
            "Tệp của sổ bị hỏng, bị sửa hoặc bị mất.",
            "Files of the log are damaged, changed or missing.",
        ),
        Code.BUSY: (
            "Một tiến trình khác đang ghi sổ; hãy thử lại sau giây lát.",
            "Another process is writing the log; try again in a moment.",
        ),
    }
)
