# After so many days people look over what is registered; whoever the administrator names does so at once, and
# the campaign asks for something better.
with registered ada
with half bob
run policy set registrationRequiredOnSignIn on -> 0
run policy set registrationReconfirmIntervalInDays 90 -> 0
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada) -> 303 security-info
as ada POST /signout -> 303
turn the clock 90d
as ada GET /signin?next=/change -> 200
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada) -> 303 register
as ada GET /register -> 200
as ada sees "Is this still right?"; as ada sees "ada@home.example"; as ada does not see "Not now"
as ada POST /register/looks-good -> 303 register
as ada GET /change -> 200
as ada POST /signout -> 303
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada) -> 303 security-info
as ada POST /signout -> 303
run audit list --person ada --event info_reviewed -> 0 reviewed := /(reviewed security info)/

# By name, and in Japanese.
run people require-registration ada -> 0
as ada in ja POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada) -> 303 register
as ada GET /register -> 200
as ada sees "登録した内容に変わりはありませんか"
as ada from another tab POST /register/later -> 403
as ada POST /register/looks-good -> 303 register
as ada GET /register -> 303 security-info
as ada in en POST /signout -> 303

# The campaign, for somebody with mail alone.
run policy set registrationRequiredOnSignIn off -> 0
run policy set registrationCampaignState on -> 0
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as bob GET /register -> 200
as bob sees "There is a safer way"; as bob sees "Remind me tomorrow"
as bob POST /register/later -> 303 register
as bob GET /register -> 303 security-info
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 security-info
turn the clock 25h
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
