# A password alone, and an address that the organisation knows: a code there lets what is registered count at once;
# five wrong ones do not.
run policy set multifactorAuthenticationRequired on -> 0
person ada mail=ada@example.net other_mail=ada@home.example
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass.ada -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as ada POST /signout -> 303
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada sees "First, prove it's you"; as ada does not see "ada@home.example"; as ada does not see "Not now"
as ada POST /register/send -> 303 register
mail to ada@home.example -> code := /\b\d{8}\b/
as ada POST /register/vouch code=$code -> 303 register
as ada GET /register -> 200
as ada sees "Keep your account safe"; as ada does not see "counts from tomorrow"
as ada POST /register/start -> 303 register
as ada POST /register/add kind=totp -> 303 pending
page of ada -> seed.ada := /secret=([A-Z2-7]+)/
as ada POST /register/confirm code=totp(ada) -> 303 register
as ada POST /register/later -> 303 register
as ada POST /signout -> 303
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove

person bob mail=bob@example.net other_mail=bob@home.example
run people invite bob -> 0 pass.bob := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as bob POST /signin/pass name=bob pass=$pass.bob -> 303 must_change
as bob POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as bob POST /signout -> 303
as thief POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as thief POST /register/send -> 303 register
mail to bob@home.example -> known := /\b\d{8}\b/
as thief POST /register/vouch code=wrong($known) -> 422
as thief sees "4 tries left"
as thief POST /register/vouch code=wrong($known) -> 422
as thief POST /register/vouch code=wrong($known) -> 422
as thief POST /register/vouch code=wrong($known) -> 422
as thief POST /register/vouch code=wrong($known) -> 303 register
as thief GET /register -> 200
as thief sees "counts from tomorrow"
as thief POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as thief POST /register/send -> 303 register
as thief POST /register/send -> 303 register
as thief POST /register/send -> 429
logs never contain $code; logs never contain $known

# What policy lets nobody register: whom to ask.
run policy set numberOfAuthenticationMethodsRequired 1 -> 0
run policy set mobileAppCodeEnabled off -> 0
run policy set recoveryCodesEnabled off -> 0
run policy set passkeysEnabled off -> 0
person eve mail=eve@example.net
run people invite eve -> 0 pass.eve := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as eve POST /signin/pass name=eve pass=$pass.eve -> 303 must_change
as eve POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as eve GET /register -> 200
as eve sees "Please contact the help desk"; as eve sees "555 0100"
# the ways of a reset likewise
run policy set multifactorAuthenticationRequired off -> 0
run policy set registrationRequiredOnSignIn on -> 0
run policy set numberOfMethodsToRegister 3 -> 0
as eve GET /register -> 200
as eve sees "Please contact the help desk"; as eve sees "Not now"

# Where nothing is required the same holds on the page of security information.
run policy set registrationRequiredOnSignIn off -> 0
run policy set mobileAppCodeEnabled on -> 0
run policy set recoveryCodesEnabled on -> 0
person dan mail=dan@example.net other_mail=dan@home.example
run people invite dan -> 0 pass.dan := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as dan POST /signin/pass name=dan pass=$pass.dan -> 303 must_change
as dan POST /signin/choose password="nine quiet lanterns on a hill" -> 303 security-info
as dan GET /security-info/add -> 200
as dan POST /signout -> 303
as dan POST /signin name=dan password="nine quiet lanterns on a hill" -> 303 security-info
as dan GET /security-info/add/late -> 200
as dan sees "counts from tomorrow"
as dan GET /security-info/add -> 303 vouch
as dan sees "First, prove it's you"
as dan POST /security-info/send -> 303 vouch
mail to dan@home.example -> dans := /\b\d{8}\b/
as dan POST /security-info/vouch code=wrong($dans) -> 422
as dan POST /security-info/vouch code=$dans -> 303 add
as dan does not see "counts from tomorrow"
as dan GET /security-info/vouch -> 303 late
