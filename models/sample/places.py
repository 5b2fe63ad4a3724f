"""Where people of the sample live: for a country code its time zones, its region and its pools of names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`zones` are IANA names, `pools` keys of `names.POOLS`; what stands there twice is twice as likely."""

    region: str
    zones: tuple[str, ...]
    pools: tuple[str, ...]


_TABLE = """
AE Middle East | Asia/Dubai | arabic indian
AR Americas | America/Argentina/Buenos_Aires America/Argentina/Cordoba | spanish spanish italian
AT Europe | Europe/Vienna | german
AU Asia-Pacific | Australia/Sydney Australia/Melbourne Australia/Perth | english english chinese
AZ Asia-Pacific | Asia/Baku | azeri
BD Asia-Pacific | Asia/Dhaka | bengali
BE Europe | Europe/Brussels | dutch french
BR Americas | America/Sao_Paulo America/Bahia | portuguese
CA Americas | America/Toronto America/Vancouver America/Halifax | english english french indian chinese
CH Europe | Europe/Zurich | german german french italian
CO Americas | America/Bogota | spanish
CZ Europe | Europe/Prague | czech
DE Europe | Europe/Berlin | german german german german turkish polish
DK Europe | Europe/Copenhagen | nordic
DO Americas | America/Santo_Domingo | spanish
DZ Africa | Africa/Algiers | arabic
EG Africa | Africa/Cairo | arabic
ES Europe | Europe/Madrid Europe/Madrid Atlantic/Canary | spanish
EU Europe | Europe/Brussels | dutch german
FR Europe | Europe/Paris | french french french arabic
GB Europe | Europe/London | english english english english indian bengali
GR Europe | Europe/Athens | greek
HR Europe | Europe/Zagreb | croatian
IE Europe | Europe/Dublin | irish
IL Middle East | Asia/Jerusalem | hebrew hebrew arabic
IN Asia-Pacific | Asia/Kolkata | indian
IT Europe | Europe/Rome | italian
JO Middle East | Asia/Amman | arabic
KE Africa | Africa/Nairobi | swahili
LB Middle East | Asia/Beirut | arabic
MA Africa | Africa/Casablanca | arabic
MU Africa | Indian/Mauritius | indian french
MX Americas | America/Mexico_City America/Monterrey America/Tijuana | spanish
NE Africa | Africa/Niamey | hausa
NG Africa | Africa/Lagos | nigerian nigerian nigerian hausa
NL Europe | Europe/Amsterdam | dutch
NP Asia-Pacific | Asia/Kathmandu | nepali
NZ Asia-Pacific | Pacific/Auckland | english
PE Americas | America/Lima | spanish
PH Asia-Pacific | Asia/Manila | filipino
PK Asia-Pacific | Asia/Karachi | pakistani
PL Europe | Europe/Warsaw | polish
PT Europe | Europe/Lisbon Europe/Lisbon Atlantic/Azores | portuguese
RO Europe | Europe/Bucharest | romanian
SE Europe | Europe/Stockholm | nordic
SG Asia-Pacific | Asia/Singapore | chinese chinese indian
TR Europe | Europe/Istanbul | turkish
TZ Africa | Africa/Dar_es_Salaam | swahili
UA Europe | Europe/Kyiv | ukrainian
UG Africa | Africa/Kampala | swahili
US Americas | America/New_York America/New_York America/Chicago America/Denver America/Los_Angeles | \
english english english english english spanish spanish indian chinese nigerian german irish
UY Americas | America/Montevideo | spanish
VE Americas | America/Caracas | spanish
VN Asia-Pacific | Asia/Ho_Chi_Minh | vietnamese
ZA Africa | Africa/Johannesburg | zulu zulu english dutch
"""


def _read(line: str) -> tuple[str, Country]:
    head, zones, pools = line.split("|")
    code, region = head.strip().split(" ", 1)
    return code, Country(region, tuple(zones.split()), tuple(pools.split()))


COUNTRIES = dict(_read(line) for line in _TABLE.strip().splitlines())
