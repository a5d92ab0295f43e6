# Whoever is not in combinedRegistration finds one page for sign-in and one for resets; the data are the same.
run group add Pilot -> 0
person ada mail=ada@example.net
run group join Pilot --person ada -> 0
run policy set combinedRegistrationGroups Pilot -> 0
run policy set combinedRegistration selected -> 0
run policy set registrationRequiredOnSignIn on -> 0
run policy set multifactorAuthenticationRequired on -> 0
person bob mail=bob@example.net
run people invite bob -> 0 pass.bob := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as bob POST /signin/pass name=bob pass=$pass.bob -> 303 must_change
as bob POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as bob GET /register -> 200
as bob sees "Set up your sign-in"; as bob does not see "E-mail address"; as bob does not see "Not now"
as bob POST /register/add kind=totp -> 303 pending
page of bob -> seed.bob := /secret=([A-Z2-7]+)/
as bob POST /register/confirm code=totp(bob) -> 303 register
as bob GET /register -> 200
as bob sees "Set up password reset"; as bob sees "1 way to prove it's you is still missing"; as bob sees "Not now (7 days left)"
as bob POST /register/later -> 303 register
as bob GET /ssprsetup -> 200
as bob sees "Set up password reset"
as bob GET /register/add?kind=mail -> 200
as bob POST /register/add address=bob@home.example -> 303 pending
mail to bob@home.example -> code := /\b\d{8}\b/
as bob POST /register/confirm code=$code -> 303 register
as bob GET /ssprsetup -> 200
as bob sees "You have all you need"
as bob GET /mfasetup -> 200
as bob sees "Set up your sign-in"
as bob GET /security-info -> 200
as bob sees "bob@home.example"

# In the pilot: the one page.
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass.ada -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada sees "Keep your account safe"
as ada GET /ssprsetup -> 303 security-info
as ada GET /mfasetup -> 303 security-info

# Reversible: who was apart is asked on one page, for what is missing alone.
run policy set combinedRegistration all -> 0
as bob GET /ssprsetup -> 303 security-info
as bob POST /signout -> 303
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 prove
as bob POST /signin/answer code=totp(bob) -> 303 security-info
