"""Pages as sites send them, all invented: sources, and walls that stand before sources."""

from __future__ import annotations

SECTIONS = (
    *("Thời sự", "Kinh doanh", "Thế giới", "Giải trí", "Thể thao", "Pháp luật", "Giáo dục"),
    *("Sức khỏe", "Đời sống", "Du lịch", "Khoa học", "Số hóa", "Ý kiến", "Tâm sự", "Đăng nhập"),
    *("Liên hệ tòa soạn", "Quảng cáo"),
)
MENU = "".join(f'<li><a href="/{number}">{name}</a></li>' for number, name in enumerate(SECTIONS))
FOOT = (
    "<footer><p>© 2026 Báo Sông Xanh. Giấy phép số 12/GP-BSX. Tòa soạn: 1 đường Bờ Sông, phường "
    "Bến Sậy. Điện thoại: 0200 000 000.</p><a href='/ck'>Chính sách cookie</a></footer>"
)
STORY = (
    "<p>Sở Giao thông cho biết cầu Bến Sậy dài 3,5 km sẽ đóng cửa từ ngày 3 tháng 12 năm 2026 để "
    "sửa chữa lớn, theo văn bản vừa ban hành chiều nay.</p><p>Xe khách đi vòng qua cầu Sông Xanh. "
    "Không ai bị thương trong vụ sạt lở trước đó, đại diện sở nói với báo.</p>"
)
MORE = "".join(
    f"<p>Đoạn thứ {number} nói thêm về công trình, về ý kiến của người dân quanh vùng và về tiến "
    "độ thi công dự kiến trong báo cáo của đơn vị tư vấn.</p>"
    for number in range(12)
)


def page(title: str, body: str, head: str = "") -> str:
    """A page of a newspaper, with its menus and its foot."""
    return bare(title, f"<header><ul>{MENU}</ul></header><main>{body}</main>{FOOT}", head)


def bare(title: str, body: str, head: str = "") -> str:
    """A page and nothing around it."""
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head><body>{body}</body></html>"
    )


def article(title: str = "Cầu Bến Sậy đóng cửa", more: str = "", beside: str = "") -> str:
    """A story in a newspaper."""
    body = f"<article><h1>{title}</h1>{STORY}{more}</article>{beside}"
    return page(f"{title} | Tin", body, '<meta property="og:site_name" content="Báo Sông Xanh">')


PASSWORD = "<form><input name='email'><input type='password'><button>Đăng nhập</button></form>"
CLOUD = "<script src='/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1'></script>"

GONE = {
    "vi, with menus": page(
        "Không tìm thấy trang - Báo Sông Xanh",
        "<h1>404</h1><p>Không tìm thấy nội dung bạn yêu cầu.</p><a href='/'>Về trang chủ</a>",
    ),
    "vi, removed": page("Báo Sông Xanh", "<p>Bài viết không tồn tại hoặc đã bị gỡ bỏ.</p>"),
    "vi, without marks": bare("Loi", "<p>Trang ban yeu cau khong ton tai.</p>"),
    "en": bare("Page not found | River News", "<h1>Oops!</h1><p>Maybe try a search?</p>"),
    "en, a server's own": bare("404 Not Found", "<center><h1>404 Not Found</h1>nginx</center>"),
    "en, with menus": page("404 Not Found", "<p>The requested URL was not found here.</p>"),
}
CHALLENGES = {
    "en": bare(
        "Just a moment...",
        f"<noscript>Enable JavaScript and cookies to continue</noscript>{CLOUD}",
    ),
    "en, blocked": bare(
        "Attention Required!",
        "<h1>Sorry, you have been blocked</h1><p>This website is using a security service to "
        f"protect itself from attacks. The action you just performed triggered it.</p>{CLOUD}",
    ),
    "en, traffic": bare(
        "https://tim.example/?q=x",
        "<p>Our systems have detected unusual traffic from your computer network. This page checks "
        "to see if it's really you, and not a robot.</p><div class='g-recaptcha'></div>",
    ),
    "vi": bare(
        "Xác minh bạn không phải robot",
        "<h1>Xác minh bạn là con người</h1><div class='h-captcha'></div>",
    ),
    "nothing but the test": bare("tin.example", "<script src='https://captcha-delivery.com/c.js'>"),
}
SIGN_INS = {
    "vi, a network": bare(
        "Đăng nhập Mạng", f"<p>Bạn phải đăng nhập để tiếp tục.</p>{PASSWORD}<a>Quên mật khẩu?</a>"
    ),
    "vi, a portal": page(
        "Cổng nội bộ", f"<p>Vui lòng đăng nhập để xem nội dung này.</p>{PASSWORD}"
    ),
    "vi, without a field": bare("Đăng nhập | Cổng", "<p>Bạn cần đăng nhập để xem trang này.</p>"),
    "en": page("Sign in - River Portal", f"<h1>Sign in</h1>{PASSWORD}"),
    "en, without a title": page("River", f"<p>You must log in to continue.</p>{PASSWORD}"),
}
CONSENTS = {
    "en": bare(
        "Before you continue to River Search",
        "<h1>Before you continue</h1><p>We use cookies and data to deliver our services and to "
        "measure audience engagement.</p><p>If you choose “Accept all”, we will also use cookies "
        "to show personalised content and personalised ads.</p><p>Select “More options” to see "
        "more.</p><button>Reject all</button><button>Accept all</button>",
    ),
    "en, partners": bare(
        "River family of brands",
        "<p>When you use our sites, we use cookies to provide our sites to you.</p><p>If you click "
        "'Accept all', we and our partners, including 238 partners who are part of a framework, "
        "will also store information on a device for personalised advertising. Your consent can be "
        "withdrawn. Manage settings.</p>",
    ),
    "vi": bare(
        "Trước khi bạn tiếp tục",
        "<p>Chúng tôi sử dụng cookie để cung cấp dịch vụ. Nếu chọn “Chấp nhận tất cả”, chúng tôi "
        "và các đối tác cũng dùng cookie cho quảng cáo được cá nhân hóa.</p>",
    ),
}
EMPTY = {
    "nothing": "",
    "a page of nothing": bare("Sông Xanh", ""),
    "an application": bare(
        "Sông Xanh",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>"
        "<script src='/main.js'></script>",
    ),
    "vi, scripts wanted": bare("Tra cứu", "<p>Vui lòng bật JavaScript để xem trang.</p>"),
}
SOURCES = {
    "a story": article(),
    "a story with a form to sign in": article(beside=f"<div>{PASSWORD}</div>"),
    "a story with a test for people": article(beside="<div class='g-recaptcha'></div>"),
    "a story with a banner": article(
        beside="<div id='banner'><p>We value your privacy. We and our 800 partners use cookies to "
        "personalise ads. By clicking Accept all you consent.</p><button>Accept all</button></div>"
    ),
    "a story that wants scripts": article(beside="<noscript>Please enable JavaScript</noscript>"),
    "on missing pages": article(
        "Lỗi 404 là gì? Vì sao không tìm thấy trang",
        f"<p>Lỗi 404 cho biết trang không tồn tại hoặc đã bị xóa.</p>{MORE}",
    ),
    "on cookies": article(
        "Cookie là gì", f"<p>Cookie xin sự đồng ý; các đối tác đọc chúng.</p>{MORE}{MORE}"
    ),
    "on signing in": article(
        "Hướng dẫn đăng nhập dịch vụ công", f"<p>Bạn cần đăng nhập bằng thẻ.</p>{MORE}"
    ),
    "on what was removed": article(
        "Sở Y tế gỡ bài viết sai", "<p>Bài viết đã bị gỡ bỏ sau phản ánh của bạn đọc.</p>"
    ),
    "404 people": page("404 người bị thương", "<p>404 người bị thương trong trận lũ.</p>"),
    "an apology": bare("Xin lỗi quý khách", "<p>Cắt nước ngày 5/12 tại phường Bến Sậy.</p>"),
    "a notice": bare("Thông báo", "<p>Cắt nước ngày 5/12 từ 8 giờ đến 17 giờ.</p>"),
    "a statement": bare("Statement", "<p>The bridge is open. Reports of a collapse are false.</p>"),
}
