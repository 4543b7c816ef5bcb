"""Every code with which a reader refuses a record or a file, and what it means.

The codes are stable: files of refusals, the API and the documentation share them. `SENTENCES` has
one Vietnamese and one English sentence for each, saying what is wrong and what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Code(StrEnum):
    """Why something was not taken."""

    # The file as a whole (FormatError)
    UNKNOWN_FORMAT = "unknown_format"
    NOT_UTF8 = "not_utf8"
    NOT_A_DATAFEED = "not_a_datafeed"
    FEED_TRUNCATED = "feed_truncated"
    FILE_TOO_LARGE = "file_too_large"
    RECORD_TOO_LARGE = "record_too_large"
    COLUMNS = "columns"
    EMPTY_FILE = "empty_file"
    BROKEN_XML = "broken_xml"

    # One record of checks (Refusal)
    NOT_CLAIMREVIEW = "not_claimreview"
    ITEM_MISSING = "item_missing"
    BROKEN_JSON = "broken_json"
    TOO_DEEP = "too_deep"
    TOO_MANY_VALUES = "too_many_values"
    CLAIM_MISSING = "claim_missing"
    CLAIM_TOO_LONG = "claim_too_long"
    VERDICT_MISSING = "verdict_missing"
    VERDICT_UNKNOWN = "verdict_unknown"
    VERDICT_TOO_LONG = "verdict_too_long"
    URL_MISSING = "url_missing"
    URL_TOO_LONG = "url_too_long"
    URL_SCHEME = "url_scheme"
    URL_MALFORMED = "url_malformed"
    URL_ELSEWHERE = "url_elsewhere"
    KEY_TOO_LONG = "key_too_long"
    KEY_INVALID = "key_invalid"
    DATE_UNREADABLE = "date_unreadable"
    PUBLISHER_NOT_ALLOWED = "publisher_not_allowed"
    PUBLISHER_NOT_NAMED = "publisher_not_named"
    DATE_AHEAD = "date_ahead"
    DUPLICATE_ID = "duplicate_id"
    LANGUAGE_UNKNOWN = "language_unknown"

    # One row or line
    ROW_CELLS = "row_cells"
    ROW_UNREADABLE = "row_unreadable"
    ROW_TOO_LONG = "row_too_long"
    NUL = "nul"
    FIELD_TYPE = "field_type"
    FIELD_UNKNOWN = "field_unknown"

    # trust.txt
    ATTRIBUTE_MALFORMED = "attribute_malformed"
    VALUE_MISSING = "value_missing"
    HOST_INVALID = "host_invalid"
    CONTACT_INVALID = "contact_invalid"
    TRAINING_INVALID = "training_invalid"
    TRAINING_REPEATED = "training_repeated"
    TOO_MANY_LINES = "too_many_lines"

    # The register
    ORGANISATION_INVALID = "organisation_invalid"
    ORGANISATION_NAME_MISSING = "organisation_name_missing"
    KIND_UNKNOWN = "kind_unknown"
    PLATFORM_UNKNOWN = "platform_unknown"
    PLATFORM_MISSING = "platform_missing"
    HANDLE_INVALID = "handle_invalid"
    PHONE_INVALID = "phone_invalid"
    EMAIL_INVALID = "email_invalid"
    BANK_ACCOUNT_INVALID = "bank_account_invalid"
    BANK_MISSING = "bank_missing"
    BANK_UNEXPECTED = "bank_unexpected"
    APP_INVALID = "app_invalid"
    TEXT_TOO_LONG = "text_too_long"
    DATES_DISORDERED = "dates_disordered"
    SMS_SENDER_INVALID = "sms_sender_invalid"
    ADDRESS_INVALID = "address_invalid"
    STATE_UNKNOWN = "state_unknown"
    STATE_WITHOUT_DAY = "state_without_day"
    PLATFORM_ID_INVALID = "platform_id_invalid"

    SIGNATURE_WRONG = "signature_wrong"

    # Names on lists
    PUBLIC_SUFFIX = "public_suffix"
    ADDRESS_NOT_PUBLIC = "address_not_public"
    RULE_NOT_A_NAME = "rule_not_a_name"


_SENTENCES = {
    Code.UNKNOWN_FORMAT: (
        "Không nhận ra định dạng của tệp; cần DataFeed, ClaimReview, HTML, CSV hoặc JSON Lines.",
        "The file is in no known format; use a DataFeed, ClaimReview, HTML, CSV or JSON Lines.",
    ),
    Code.NOT_UTF8: (
        "Tệp không được mã hoá bằng UTF-8; hãy lưu lại bằng UTF-8 rồi nhập lại.",
        "The file is not UTF-8 text; save it as UTF-8 and import it again.",
    ),
    Code.NOT_A_DATAFEED: (
        "Tệp JSON này không phải là một DataFeed của schema.org có dataFeedElement.",
        "This JSON is not a schema.org DataFeed with a dataFeedElement.",
    ),
    Code.FEED_TRUNCATED: (
        "Tệp bị đứt hoặc hỏng giữa chừng; phần nguyên vẹn ở trước đã được đọc, hãy tải lại tệp.",
        "The file is cut off or broken; what is whole before that was read, fetch the file again.",
    ),
    Code.FILE_TOO_LARGE: (
        "Tệp lớn hơn mức cho phép đối với định dạng này.",
        "The file is larger than this format may be.",
    ),
    Code.RECORD_TOO_LARGE: (
        "Một mục trong tệp lớn bất thường nên không đọc tiếp được.",
        "One record of the file is abnormally large, so reading stopped there.",
    ),
    Code.COLUMNS: (
        "Dòng tiêu đề thiếu cột, thừa cột hoặc lặp cột; hãy sửa theo danh sách cột đã biết.",
        "The header lacks, repeats or invents columns; correct it by the list of known columns.",
    ),
    Code.EMPTY_FILE: ("Tệp trống.", "The file is empty."),
    Code.NOT_CLAIMREVIEW: (
        "Mục này không chứa ClaimReview nào.",
        "This record holds no ClaimReview.",
    ),
    Code.ITEM_MISSING: (
        "Mục này của DataFeed trống.",
        "This element of the feed is empty.",
    ),
    Code.BROKEN_JSON: (
        "Đoạn JSON bị hỏng nên không đọc được.",
        "The JSON is broken and cannot be read.",
    ),
    Code.TOO_DEEP: (
        "Dữ liệu lồng nhau quá sâu.",
        "The data is nested too deeply.",
    ),
    Code.TOO_MANY_VALUES: (
        "Mục này chứa quá nhiều giá trị.",
        "This record holds too many values.",
    ),
    Code.CLAIM_MISSING: (
        "Thiếu nội dung của điều được kiểm chứng (claimReviewed).",
        "The claim that was checked is missing (claimReviewed).",
    ),
    Code.CLAIM_TOO_LONG: (
        "Điều được kiểm chứng dài quá mức cho phép; hãy viết gọn thành một câu.",
        "The claim is longer than allowed; say it in one sentence.",
    ),
    Code.VERDICT_MISSING: (
        "Thiếu kết luận: cần lời kết luận hoặc điểm số đọc được.",
        "The verdict is missing: words or a readable rating are needed.",
    ),
    Code.VERDICT_UNKNOWN: (
        "Kết luận không nằm trong thang kết luận; hãy dùng một giá trị đã biết.",
        "The verdict is not on the scale; use one of the known values.",
    ),
    Code.VERDICT_TOO_LONG: (
        "Lời kết luận dài quá mức cho phép.",
        "The words of the verdict are longer than allowed.",
    ),
    Code.URL_MISSING: (
        "Thiếu địa chỉ của bài kiểm chứng.",
        "The address of the check is missing.",
    ),
    Code.URL_TOO_LONG: (
        "Địa chỉ dài quá mức cho phép.",
        "The address is longer than allowed.",
    ),
    Code.URL_SCHEME: (
        "Địa chỉ phải bắt đầu bằng http:// hoặc https://.",
        "The address must begin with http:// or https://.",
    ),
    Code.URL_MALFORMED: (
        "Địa chỉ sai dạng hoặc không có tên miền thật.",
        "The address is malformed or has no real host.",
    ),
    Code.URL_ELSEWHERE: (
        "Bài kiểm chứng không nằm trên trang của chính nơi công bố.",
        "The check does not stand on its publisher's own site.",
    ),
    Code.KEY_TOO_LONG: (
        "Mã định danh (id) dài quá mức cho phép.",
        "The identifier (id) is longer than allowed.",
    ),
    Code.KEY_INVALID: (
        "Mã định danh (id) chứa ký tự không được phép.",
        "The identifier (id) holds characters that are not allowed.",
    ),
    Code.PUBLISHER_NOT_ALLOWED: (
        "Nơi công bố không có trong danh sách được phép; thêm bằng `soi publishers allow`.",
        "The publisher is not on the allow list; add it with `soi publishers allow`.",
    ),
    Code.PUBLISHER_NOT_NAMED: (
        "Nguồn này chỉ được đem về bài của những nơi đã ghi tên; nơi công bố này không có tên.",
        "This source may bring checks of the publishers named for it only; this is another one.",
    ),
    Code.DATE_AHEAD: (
        "Ngày công bố ở tương lai; đồng hồ bên đó sai, hoặc ngày được viết nhầm.",
        "It says that it was published in the future; a clock is wrong, or a date.",
    ),
    Code.DUPLICATE_ID: (
        "Cùng một mã mà hai nội dung khác nhau trong một tệp; chỉ lấy bài đứng trước.",
        "Two different checks with one id are in the file; only the first was taken.",
    ),
    Code.BROKEN_XML: (
        "Sơ đồ trang hoặc nguồn tin XML bị hỏng, hoặc có phần khai báo không được phép.",
        "The XML of the sitemap or feed is broken, or declares what is not allowed.",
    ),
    Code.DATE_UNREADABLE: (
        "Ngày tháng không đọc được hoặc vô lý; hãy viết dạng năm-tháng-ngày.",
        "A date cannot be read or cannot be right; write it as year-month-day.",
    ),
    Code.LANGUAGE_UNKNOWN: (
        "Mã ngôn ngữ không hợp lệ; hãy dùng mã như “vi” hoặc “en”.",
        "The language code is not valid; use a code such as “vi” or “en”.",
    ),
    Code.ROW_CELLS: (
        "Số ô của dòng không khớp với dòng tiêu đề.",
        "The row has another number of cells than the header.",
    ),
    Code.ROW_UNREADABLE: (
        "Dòng không đọc được, thường do dấu ngoặc kép chưa đóng.",
        "The row cannot be read, most often because a quotation mark is not closed.",
    ),
    Code.ROW_TOO_LONG: (
        "Dòng dài quá mức cho phép.",
        "The row is longer than allowed.",
    ),
    Code.NUL: (
        "Dòng chứa ký tự NUL.",
        "The row contains a NUL character.",
    ),
    Code.FIELD_TYPE: (
        "Một trường có kiểu giá trị sai; cần chuỗi ký tự.",
        "A field has a value of the wrong type; text is needed.",
    ),
    Code.FIELD_UNKNOWN: (
        "Dòng có trường không được biết.",
        "The row has a field that is not known.",
    ),
    Code.ATTRIBUTE_MALFORMED: (
        "Dòng không có dạng tên=giá trị.",
        "The line is not of the form name=value.",
    ),
    Code.VALUE_MISSING: (
        "Thiếu giá trị.",
        "The value is missing.",
    ),
    Code.HOST_INVALID: (
        "Giá trị không phải là một tên miền hợp lệ.",
        "The value is not a valid host name.",
    ),
    Code.CONTACT_INVALID: (
        "Liên hệ phải là địa chỉ web, mailto: hoặc tel:.",
        "A contact must be a web address, mailto: or tel:.",
    ),
    Code.TRAINING_INVALID: (
        "datatrainingallowed chỉ nhận yes hoặc no.",
        "datatrainingallowed takes only yes or no.",
    ),
    Code.TRAINING_REPEATED: (
        "datatrainingallowed chỉ được ghi một lần; lần đầu được giữ.",
        "datatrainingallowed may stand only once; the first is kept.",
    ),
    Code.TOO_MANY_LINES: (
        "Tệp có quá nhiều dòng; phần còn lại không được đọc.",
        "The file has too many lines; the rest was not read.",
    ),
    Code.ORGANISATION_INVALID: (
        "Mã tổ chức chỉ gồm chữ thường không dấu, số và dấu gạch nối.",
        "The organisation's short name may hold only lower-case letters, digits and hyphens.",
    ),
    Code.ORGANISATION_NAME_MISSING: (
        "Thiếu tên tổ chức.",
        "The organisation's name is missing.",
    ),
    Code.KIND_UNKNOWN: (
        "Loại tài khoản không được biết.",
        "The kind of holding is not known.",
    ),
    Code.PLATFORM_UNKNOWN: (
        "Nền tảng không được biết.",
        "The platform is not known.",
    ),
    Code.PLATFORM_MISSING: (
        "Tài khoản và ứng dụng cần ghi rõ nền tảng.",
        "An account or app needs its platform.",
    ),
    Code.HANDLE_INVALID: (
        "Tên tài khoản không hợp lệ.",
        "The account name is not valid.",
    ),
    Code.PHONE_INVALID: (
        "Số điện thoại không hợp lệ.",
        "The phone number is not valid.",
    ),
    Code.EMAIL_INVALID: (
        "Địa chỉ thư điện tử không hợp lệ.",
        "The e-mail address is not valid.",
    ),
    Code.BANK_ACCOUNT_INVALID: (
        "Số tài khoản ngân hàng phải gồm từ 6 đến 19 chữ số.",
        "A bank account number must have 6 to 19 digits.",
    ),
    Code.BANK_MISSING: (
        "Tài khoản ngân hàng cần ghi rõ ngân hàng.",
        "A bank account needs its bank.",
    ),
    Code.BANK_UNEXPECTED: (
        "Chỉ tài khoản ngân hàng mới có ô ngân hàng.",
        "Only a bank account may name a bank.",
    ),
    Code.APP_INVALID: (
        "Mã ứng dụng không hợp lệ.",
        "The app's identifier is not valid.",
    ),
    Code.TEXT_TOO_LONG: (
        "Một ô dài quá mức cho phép.",
        "A cell is longer than allowed.",
    ),
    Code.DATES_DISORDERED: (
        "Ngày kết thúc hoặc ngày bị chiếm đứng trước ngày bắt đầu.",
        "The end or the day of compromise stands before the beginning.",
    ),
    Code.SMS_SENDER_INVALID: (
        "Tên người gửi tin nhắn có 2 đến 11 chữ cái không dấu, số, khoảng trắng hoặc . _ & -.",
        "A text message's sender has 2 to 11 letters, digits, spaces or . _ & -, and a letter.",
    ),
    Code.ADDRESS_INVALID: (
        "Địa chỉ phải có chữ, ví dụ số nhà, tên đường, tỉnh thành.",
        "An address needs words, for instance house number, street and town.",
    ),
    Code.STATE_UNKNOWN: (
        "Trạng thái phải là proposed, verified, active, dormant, retired hoặc compromised.",
        "The state must be proposed, verified, active, dormant, retired or compromised.",
    ),
    Code.STATE_WITHOUT_DAY: (
        "Đã ngừng dùng thì phải có valid_to, bị chiếm thì phải có compromised_from.",
        "What is retired needs its valid_to, what is compromised its compromised_from.",
    ),
    Code.SIGNATURE_WRONG: (
        "Chữ ký không khớp với dữ liệu, hoặc không phải của khoá mà bạn tin.",
        "The signature does not fit the record, or is of no key that you trust.",
    ),
    Code.PLATFORM_ID_INVALID: (
        "Mã do nền tảng cấp không hợp lệ; chỉ tài khoản và ứng dụng mới có mã này.",
        "The platform's identifier is not valid; only accounts and apps have one.",
    ),
    Code.PUBLIC_SUFFIX: (
        "Đây là đuôi tên miền dùng chung, không phải tên của riêng ai.",
        "This is a public suffix that many share, nobody's own name.",
    ),
    Code.ADDRESS_NOT_PUBLIC: (
        "Địa chỉ IP này không phải là địa chỉ công cộng.",
        "This IP address is not a public one.",
    ),
    Code.RULE_NOT_A_NAME: (
        "Quy tắc lọc này không nêu đích danh một máy chủ.",
        "This filter rule does not name a host.",
    ),
}

SENTENCES: Mapping[Code, tuple[str, str]] = MappingProxyType(_SENTENCES)
"""For each code what it means and what to do: (Vietnamese, English)."""
