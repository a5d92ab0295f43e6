# Registration is required at sign-in: the wizard asks for what is missing, one step at a time, and leads to the
# page first asked for.
run policy set registrationRequiredOnSignIn on -> 0
person ada mail=ada@example.net
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada GET /change -> 303 signin
as ada GET /signin?next=/change -> 200
as ada POST /signin/pass name=ada pass=$pass.ada -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada sees "Keep your account safe"; as ada sees "Set up 2 ways"; as ada sees "Not now (7 days left)"
as ada sees "How we use this information"
as ada POST /register/start -> 303 register
as ada GET /register -> 200
as ada sees "Step 1 of 2"; as ada sees "Add a passkey"; as ada sees "Set up a different way"

# Another way than the one that is offered first.
as ada GET /register/add -> 200
as ada sees "Passkey or security key"; as ada sees "Authenticator app"
as ada GET /register/add?kind=mail -> 200
as ada POST /register/add address=ada@example.net -> 422
as ada POST /register/add address=ada@home.example -> 303 pending
mail to ada@home.example -> code := /\b\d{8}\b/
as ada sees "ada@home.example"; as ada sees "Step 1 of 2"
as ada POST /register/confirm code=wrong($code) -> 422
as ada sees "Step 1 of 2"; as ada sees "4 tries left"
as ada POST /register/confirm code=$code -> 303 register

# What is there is kept: the next sign-in asks for the other one alone.
as ada POST /signout -> 303
as ada GET /signin?next=/change -> 200
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada sees "First, prove it's you"
as ada POST /register/send -> 303 register
mail to ada@home.example -> known := /\b\d{8}\b/
as ada sees "We sent a code"; as ada does not see "ada@home.example"
as ada POST /register/vouch code=wrong($known) -> 422
as ada POST /register/vouch code=$known -> 303 register
as ada GET /register -> 200
as ada sees "One more way"
as ada POST /register/start -> 303 register
as ada GET /register -> 200
as ada sees "Step 2 of 2"
as ada POST /register/add kind=totp -> 303 pending
page of ada -> seed.ada := /secret=([A-Z2-7]+)/
as ada POST /register/confirm code=totp(ada) label="my telephone" -> 303 register

# If the phone were lost? Recovery codes answer that.
as ada GET /register -> 200
as ada sees "If you lost this phone today"
as ada POST /register/add kind=recovery_code -> 200
page of ada -> paper := /<code>([0-9A-Z]{4}(?:[- ][0-9A-Z]{2,4})+)<\/code>/
as ada GET /register -> 303 change

# An open session is not asked again, and a new one of somebody who has all is not either.
run policy set numberOfMethodsToRegister 3 -> 0
as ada GET /register -> 303 security-info
as ada from another tab POST /register/later -> 303 register
as ada POST /signout -> 303
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada POST /signin/answer code=totp(ada) -> 303 security-info
run audit list --person ada --event info_complete -> 0 complete := /(registered all required)/
logs never contain $code; logs never contain $known; logs never contain $paper
