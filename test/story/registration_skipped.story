# Registration may be put off, for so many days or so often; then it may not.
run policy set registrationRequiredOnSignIn on -> 0
run policy set skipRegistrationMaxAllowedDays 2 -> 0
person ada mail=ada@example.net
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass.ada -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada sees "Not now (2 days left)"
as ada POST /register/later -> 303 register
as ada GET /register -> 303 security-info

turn the clock 25h
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada sees "Not now (1 day left)"; as ada sees "counts from tomorrow"
as ada POST /register/later -> 303 register
as ada GET /register -> 303 security-info

turn the clock 25h
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 register
as ada GET /register -> 200
as ada does not see "Not now"
as ada from another tab POST /register/later -> 403
as ada GET /register -> 200
as ada sees "Keep your account safe"
run audit list --person ada --event info_complete -> 0 skipped := /(User skipped registration)/

# By count, and not at all.
person bob mail=bob@example.net
run policy set skipRegistrationMaxAllowedDays 0 -> 0
run policy set skipRegistrationMaxAllowedCount 1 -> 0
run people invite bob -> 0 pass.bob := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as bob POST /signin/pass name=bob pass=$pass.bob -> 303 must_change
as bob POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as bob GET /register -> 200
as bob sees "Not now (once more)"
as bob POST /register/later -> 303 register
as bob POST /signout -> 303
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as bob GET /register -> 200
as bob does not see "Not now"

# What sign-in itself needs is never put off.
run policy unset skipRegistrationMaxAllowedCount -> 0
run policy set multifactorAuthenticationRequired on -> 0
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as bob GET /register -> 200
as bob does not see "Not now"; as bob sees "second step at every sign-in"
as bob from another tab POST /register/later -> 403
