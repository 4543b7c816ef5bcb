"""Made-up checks in Vietnamese and English that a search has to tell apart from the real ones.

In: how many, and from which number on. Out: claims with a title and a summary, put together from
sentence patterns whose gaps are filled with places, bodies, goods, illnesses, numbers and dates, so
that many differ from one another in a number or a place only. Bodies and products are invented.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SEED: Final = 20261124


@dataclass(frozen=True, slots=True)
class Made:
    """One check for the corpus."""

    claim: str
    title: str
    summary: str
    language: str


def distractors(count: int, *, start: int = 0) -> Iterator[Made]:
    """`count` checks, the same ones in every run; half are Vietnamese and half English."""
    for number in range(start, start + count):
        yield _made(random.Random(f"{SEED} {number}"), "vi" if number % 2 else "en")  # noqa: S311


def _made(rng: random.Random, language: str) -> Made:
    gaps = {gap: rng.choice(values) for gap, values in _VALUES[language].items()}
    gaps |= {f"{gap}2": rng.choice(_VALUES[language][gap]) for gap in ("place", "good")}
    gaps |= {gap: draw(rng, language) for gap, draw in _DRAWN.items()}
    pattern = rng.choice(_PATTERNS[language])
    title = rng.choice(_TITLES[language])
    summary = " ".join(rng.sample(_SUMMARIES[language], rng.randint(1, 3)))
    return Made(*(_filled(each, gaps) for each in (pattern, title, summary)), language)


def _filled(pattern: str, gaps: Mapping[str, str]) -> str:
    text = re.sub(r"\{(\w+)\}", lambda gap: gaps[gap[1]], pattern)
    return text[:1].upper() + text[1:]


def _date(rng: random.Random, language: str) -> str:
    day, month = rng.randint(1, 28), rng.randint(1, 12)
    if language == "vi":
        return rng.choice((f"ngày {day}/{month}", f"tháng {month} năm {rng.randint(2016, 2026)}"))
    return rng.choice((f"{_MONTHS[month - 1]} {day}", f"{_MONTHS[month - 1]} {2010 + day % 17}"))


# ruff: noqa: E501, SIM905 -- long lists of words read better as text
_MONTHS = (
    "January February March April May June July August September October November December".split()
)

_DRAWN: Final[Mapping[str, Callable[[random.Random, str], str]]] = {
    "date": _date,
    "n": lambda rng, _: str(
        rng.choice((2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 20, 21, 24, 30, 45, 60, 90))
    ),
    "count": lambda rng, language: (
        f"{rng.randint(2, 990)}{'.' if language == 'vi' else ','}{rng.choice(('000', '500', '200', '350'))}"
    ),
    "percent": lambda rng, language: (
        f"{rng.randint(1, 98)}{rng.choice(('', ',5', ',2'))}%"
        if language == "vi"
        else f"{rng.randint(1, 98)}%"
    ),
    "money": lambda rng, language: (
        f"{rng.randint(1, 900)} {rng.choice(('nghìn', 'triệu', 'tỷ'))} đồng"
        if language == "vi"
        else f"${rng.randint(1, 900)} {rng.choice(('million', 'billion', 'thousand'))}"
    ),
}


def _list(text: str) -> list[str]:
    return [each.strip() for each in text.replace("\n", " ").split("|")]


_VALUES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "vi": {
        "place": _list(
            "Hà Nội|TP HCM|Đà Nẵng|Hải Phòng|Cần Thơ|Huế|Nha Trang|Đà Lạt|Vũng Tàu|Biên Hoà|Quảng Ninh"
            "|Nghệ An|Thanh Hoá|Hà Tĩnh|Quảng Bình|Quảng Nam|Bình Định|Phú Yên|Khánh Hoà|Ninh Thuận"
            "|Bình Thuận|Gia Lai|Kon Tum|Đắk Lắk|Lâm Đồng|Tây Ninh|Bình Dương|Đồng Nai|Long An|Tiền Giang"
            "|Bến Tre|Trà Vinh|Vĩnh Long|Đồng Tháp|An Giang|Kiên Giang|Hậu Giang|Sóc Trăng|Bạc Liêu|Cà Mau"
            "|Lào Cai|Yên Bái|Sơn La|Điện Biên|Lai Châu|Hà Giang|Cao Bằng|Bắc Kạn|Lạng Sơn|Thái Nguyên"
            "|Phú Thọ|Bắc Giang|Bắc Ninh|Hải Dương|Hưng Yên|Thái Bình|Nam Định|Ninh Bình|Hà Nam|Phú Quốc"
        ),
        "body": _list(
            "Sở Giao thông|Bộ Y tế|Bộ Giáo dục|Công an tỉnh|Ngân hàng Lúa Vàng|Điện lực Sông Bạc"
            "|Uỷ ban nhân dân thành phố|Cục Thuế|Bảo hiểm xã hội|Đài khí tượng|Công ty nước sạch Suối Mơ"
            "|Bệnh viện Hoa Sen|Trường đại học Bình Minh|Hãng xe Cánh Én|Siêu thị Nhà Xanh"
            "|Viễn thông Sao Khuê|Hội Chữ thập đỏ|Sở Nông nghiệp|Ban quản lý chợ|Hãng bay Mây Trắng"
        ),
        "good": _list(
            "nước dừa|tỏi ngâm giấm|lá vối|trà xanh|mật ong rừng|nghệ đen|hạt chia|gừng nướng|nước mía"
            "|cà phê đen|rau diếp cá|nấm linh chi|quả bơ|đậu nành|lá tía tô|nha đam|bột sắn dây|rau má"
            "|dầu cá|sữa tươi|trứng gà sống|khoai lang tím|dứa|chuối chín|hạt tiêu|muối hồng|giấm táo"
            "|mì ăn liền|nước ngọt không đường|thịt bò khô|tôm hùm đất|gạo lứt|quế|ớt hiểm|rượu thuốc"
        ),
        "illness": _list(
            "tiểu đường|cao huyết áp|gút|viêm xoang|sỏi thận|đau dạ dày|mất ngủ|ung thư gan|hen suyễn"
            "|thoái hoá khớp|sốt xuất huyết|viêm gan B|trĩ|mỡ máu|thiếu máu|rụng tóc|đau nửa đầu|béo phì"
            "|loãng xương|tay chân miệng|cận thị|đột quỵ|suy thận|bạch hầu|ho gà|thuỷ đậu|zona|mụn trứng cá"
        ),
        "thing": _list(
            "cầu vượt|đường sắt trên cao|bến phà|trạm thu phí|chợ đầu mối|bãi rác|hồ chứa nước|sân bay"
            "|trường mầm non|khu cách ly|nhà máy điện|đê biển|công viên nước|bệnh viện dã chiến"
            "|kho xăng|tuyến cáp treo|cảng cá|khu chung cư|nhà thi đấu|cây xăng"
        ),
        "people": _list(
            "học sinh lớp một|người cao tuổi|công nhân nhà máy|sinh viên năm cuối|phụ nữ mang thai|tài xế"
            "|chủ hộ kinh doanh|giáo viên|nông dân trồng lúa|người bán hàng rong|bệnh nhân chạy thận"
            "|cựu chiến binh|ngư dân|nhân viên y tế|chủ thẻ ngân hàng|người thuê trọ|trẻ dưới 6 tuổi"
        ),
        "device": _list(
            "điện thoại|lò vi sóng|máy lọc không khí|bếp từ|sạc dự phòng|camera nhà bếp|xe máy điện"
            "|đồng hồ điện tử|máy lạnh|tủ lạnh cũ|bộ phát wifi|tai nghe không dây|nồi chiên|máy sấy tóc"
        ),
        "harm": _list(
            "cháy nổ|mất trí nhớ|vô sinh|rò điện|lộ số thẻ|hỏng mắt|co giật|ngộ độc|suy tim|điếc"
            "|mất sóng cả khu phố|chết cá hàng loạt|sạt lở|ngập sâu|tắc đường|sập mái"
        ),
        "animal": _list(
            "cá sấu|trăn|đàn khỉ|cá voi|rắn lục đuôi đỏ|lợn rừng|kỳ đà|bầy chó hoang|cá mập|chim cánh cụt"
        ),
    },
    "en": {
        "place": _list(
            "London|Chicago|Nairobi|Manila|Mumbai|Toronto|Sydney|Berlin|Madrid|Rome|Paris|Houston|Lagos"
            "|Cairo|Jakarta|Bangkok|Seoul|Osaka|Lima|Bogota|Denver|Boston|Miami|Dublin|Oslo|Helsinki"
            "|Warsaw|Prague|Vienna|Athens|Lisbon|Cape Town|Accra|Karachi|Dhaka|Colombo|Kathmandu|Perth"
            "|Auckland|Vancouver|Montreal|Phoenix|Dallas|Seattle|Portland|Detroit|Atlanta|Glasgow|Leeds"
            "|Cardiff|Belfast|Texas|Florida|Ohio|California|Queensland|Ontario|Punjab|Kerala|Yorkshire"
        ),
        "body": _list(
            "the health ministry|the city council|the school board|the Rivermouth Bank|the tax office"
            "|the weather service|the Bluewater utility|the state senate|the transport authority"
            "|Greenfield Hospital|the electoral commission|Northgate University|the Swallow airline"
            "|the food safety agency|the postal service|the Halden phone company|the police department"
            "|the national museum|the housing office|the central bank|the court of appeal"
        ),
        "good": _list(
            "coconut water|raw garlic|green tea|apple vinegar|baking soda|turmeric|chia seeds|black coffee"
            "|celery juice|olive oil|dark chocolate|soy milk|lemon peel|onion skins|wild honey|red wine"
            "|sugar-free soda|instant noodles|frozen pizza|brown rice|cinnamon|ginger root|fish oil"
            "|raw eggs|pink salt|avocado stones|pineapple|canned tuna|goat milk|aloe vera|hot peppers"
        ),
        "illness": _list(
            "diabetes|high blood pressure|gout|sinusitis|kidney stones|asthma|arthritis|migraine|insomnia"
            "|liver cancer|measles|dengue fever|hepatitis|anemia|hair loss|obesity|osteoporosis|stroke"
            "|chickenpox|shingles|autism|dementia|pneumonia|food poisoning|the flu|acne|heart disease"
        ),
        "thing": _list(
            "a new bridge|the old stadium|a toll road|the fish market|a wind farm|the water tower"
            "|a nuclear plant|the central station|a refugee shelter|the city library|a data center"
            "|the harbor wall|a bus depot|the children's hospital|a golf course|the west runway"
        ),
        "people": _list(
            "first graders|retirees|factory workers|truck drivers|pregnant women|renters|small farmers"
            "|street vendors|nurses|veterans|college students|dialysis patients|fishermen|teachers"
            "|undocumented immigrants|card holders|voters over 65|children under six|prison inmates"
        ),
        "device": _list(
            "cell phones|microwave ovens|air purifiers|smart meters|power banks|baby monitors|e-scooters"
            "|wireless earbuds|old refrigerators|wifi routers|hair dryers|gas stoves|electric cars"
        ),
        "harm": _list(
            "house fires|memory loss|infertility|seizures|blindness|heart failure|hearing loss|data theft"
            "|blackouts|mass fish deaths|landslides|deep flooding|gridlock|poisoning|skin burns"
        ),
        "animal": _list(
            "a crocodile|a python|a troop of monkeys|a whale|a wild boar|a shark|a bear|a pack of wolves"
            "|a penguin|a giant squid"
        ),
    },
}

_PATTERNS: Final[Mapping[str, Sequence[str]]] = {
    "vi": _list(
        "uống {good} mỗi sáng trong {n} ngày chữa khỏi {illness}"
        "|ăn {good} cùng {good2} gây {illness} chỉ sau {n} giờ"
        "|{people} ở {place} được {body} phát {money} từ {date}"
        "|{body} thông báo đóng {thing} ở {place} trong {n} tháng để sửa chữa, bắt đầu {date}"
        "|{thing} ở {place} bị sập khiến {n} người mất tích"
        "|từ {date}, {people} phải nộp {money} nếu không đăng ký lại với {body}"
        "|{device} để gần giường ngủ gây {harm}, {body} vừa cảnh báo"
        "|{percent} {people} tại {place} mắc {illness} trong năm qua"
        "|{animal} xuất hiện tại {place} sau trận mưa lớn {date}"
        "|{place} có {count} ca {illness} chỉ trong {n} ngày"
        "|giá {good} ở {place} tăng {percent} vì {harm} ở {place2}"
        "|{body} bắt {n} người bán {good} giả cho {people}"
        "|video quay cảnh {thing} ở {place} bốc cháy vào {date}"
        "|{body} tuyển {count} {people} lương {money} một tháng, không cần bằng cấp"
        "|trẻ em {place} phải nghỉ học từ {date} vì {illness} lan rộng"
        "|{good} nhập từ {place} chứa chất gây {illness}"
        "|{body} đổi {money} tiền cũ lấy tiền mới ở {place} từ {date}"
        "|xe khách chở {n} {people} rơi xuống sông ở {place}"
        "|thoa {good} lên da giúp hết {illness} mà không cần thuốc"
        "|{device} đời mới tự gửi ảnh của {people} cho {body}"
    ),
    "en": _list(
        "drinking {good} every morning for {n} days cures {illness}"
        "|eating {good} together with {good2} causes {illness} within {n} hours"
        "|{body} will pay {people} in {place} {money} starting {date}"
        "|{body} is closing {thing} in {place} for {n} months from {date}"
        "|{thing} in {place} collapsed and left {n} people missing"
        "|from {date} {people} will be fined {money} unless they register with {body}"
        "|{device} kept near the bed cause {harm}, {body} warned"
        "|{percent} of {people} in {place} had {illness} last year"
        "|{animal} was seen in {place} after the storm of {date}"
        "|{place} recorded {count} cases of {illness} in {n} days"
        "|the price of {good} in {place} rose {percent} because of {harm} in {place2}"
        "|police arrested {n} people for selling fake {good} to {people}"
        "|a video shows {thing} in {place} on fire in {date}"
        "|says {body} spent {money} on {thing} while {people} were left without help"
        "|schools in {place} close in {date} because of {illness}"
        "|{good} imported from {place} contains a substance that leads to {illness}"
        "|crime in {place} fell by {percent} since {body} hired {count} officers"
        "|a bus with {n} {people} fell into the river near {place}"
        "|rubbing {good} on the skin removes {illness} without medicine"
        "|the new {device} send pictures of {people} to {body}"
    ),
}

_TITLES: Final[Mapping[str, Sequence[str]]] = {
    "vi": _list(
        "{good} không chữa được {illness}|{body} bác tin về {thing} ở {place}|Tin giả về {people} ở {place}"
        "|Chưa có bằng chứng {device} gây {harm}|Sự thật về {animal} ở {place}|Con số {percent} không có căn cứ"
    ),
    "en": _list(
        "No proof that {good} treats {illness}|{body} denies the story on {thing}|Old video is not from {place}"
        "|{device} do not cause {harm}|The facts about {people} in {place}|The figure of {percent} is wrong"
    ),
}

_SUMMARIES: Final[Mapping[str, Sequence[str]]] = {
    "vi": _list(
        "{body} cho biết không có thông báo nào như vậy."
        "|Bài đăng dùng ảnh chụp ở {place2} từ nhiều năm trước.|Bác sĩ khuyên người bị {illness} không tự ý bỏ thuốc."
        "|Nguồn tin gốc nói về {count} trường hợp, không phải con số được chia sẻ."
        "|Người dân ở {place} xác nhận {thing} vẫn hoạt động bình thường."
        "|Chưa có nghiên cứu nào trên người cho thấy {good} gây hay ngừa {illness}."
        "|Tin này từng lan truyền vào {date} với tên địa phương khác."
    ),
    "en": _list(
        "{body} said no such decision was made."
        "|The photo was taken in {place2} years earlier.|Doctors advise people with {illness} to keep their medicine."
        "|The original report speaks of {count} cases, not of the number that was shared."
        "|Residents of {place} confirmed that {thing} is in normal use."
        "|No study in people shows that {good} causes or prevents {illness}."
        "|The same story went round in {date} with another place name."
    ),
}
