# A password alone must not register the thief: what it adds counts after a day, all addresses hear of it, and
# whoever it was not ends it.
run policy set multifactorAuthenticationRequired on -> 0
person ada mail=ada@example.net
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass.ada -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as ada POST /signout -> 303
as thief POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 register
as thief GET /register -> 200
as thief sees "counts from tomorrow"
as thief POST /register/start -> 303 register
as thief POST /register/add kind=totp -> 303 pending
page of thief -> seed.thief := /secret=([A-Z2-7]+)/
as thief POST /register/confirm code=totp(thief) -> 303 register
mail to ada@example.net says "will be added"
as thief sees "It is set up, and counts from tomorrow."
as thief GET /register -> 200
as thief sees "One more day to wait"; as thief does not see "Not now"
as thief GET /security-info -> 200
as thief sees "Counts from"

# It proves nothing meanwhile.
as thief POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 register
as thief GET /register -> 200
as thief sees "One more day to wait"

# Its owner, by a pass, is asked for a way of the own; what waited is gone with the password that added it.
run people invite ada -> 0 pass.again := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass.again -> 303 must_change
as ada POST /signin/choose password="nine loud lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada POST /register/start -> 303 register
as ada POST /register/add kind=totp -> 303 pending
page of ada -> seed.ada := /secret=([A-Z2-7]+)/
as ada POST /register/confirm code=totp(ada) -> 303 register
as ada GET /register -> 200
as ada sees "If you lost this phone today"
as ada POST /register/later -> 303 register
as ada GET /register -> 303 security-info
as ada does not see "Counts from"

# After the day it counts.
person bob mail=bob@example.net
run people invite bob -> 0 pass.bob := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as bob POST /signin/pass name=bob pass=$pass.bob -> 303 must_change
as bob POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as bob POST /signout -> 303
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as bob POST /register/start -> 303 register
as bob POST /register/add kind=totp -> 303 pending
page of bob -> seed.bob := /secret=([A-Z2-7]+)/
as bob POST /register/confirm code=totp(bob) -> 303 register
turn the clock 25h
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 prove
as bob POST /signin/answer code=totp(bob) -> 303 security-info
