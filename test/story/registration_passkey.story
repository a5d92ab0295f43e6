# Whoever must register may do it with a passkey: where it verifies its user it is all that is asked for; vouched for like any first way.
run policy set registrationRequiredOnSignIn on -> 0
run policy set multifactorAuthenticationRequired on -> 0
person ada mail=ada@example.net
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada GET /change -> 303 signin
as ada GET /signin?next=/change -> 200
as ada POST /signin/pass name=ada pass=$pass.ada -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as ada POST /register/start -> 303 register
as ada GET /register -> 200
as ada sees "Step 1 of 2"; as ada sees "Add a passkey"; as ada sees "Passkeys need JavaScript"
as ada POST /register/add kind=passkey -> 303 pending
as ada sees "Step 1 of 2"; as ada sees "Create passkey"
as ada makes blue label="a‮b" -> 422
as ada sees "Step 1 of 2"; as ada sees "Create passkey"
as ada makes blue label="Blue key" -> 303 register
mail to ada@example.net says "Blue key"
# And an address beside the work mailbox, which alone would hear of a change.
as ada GET /register -> 200
as ada sees "What's your private e-mail address?"; as ada sees "one more address"
as ada POST /register/add address=ada@home.example -> 303 pending
mail to ada@home.example -> code := /\b\d{8}\b/
as ada POST /register/confirm code=$code -> 303 register
as ada GET /register -> 200
as ada sees "If you lost this device"
as ada POST /register/later -> 303 register
as ada sees "Change your password"
run audit list --person ada --event info_complete -> 0 complete := /(registered all required)/

# From then on it signs her in, alone, and nothing is owed.
as ada POST /signout -> 303
as ada uses blue alone -> 303 security-info
as ada does not see "One more way"

# A password alone must not register the thief: not by a passkey either.
person bob mail=bob@example.net
run people invite bob -> 0 pass.bob := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as bob POST /signin/pass name=bob pass=$pass.bob -> 303 must_change
as bob POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as bob POST /signout -> 303
as thief POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 register
as thief POST /register/start -> 303 register
as thief GET /register -> 200
as thief sees "counts from tomorrow"
as thief POST /register/add kind=passkey -> 303 pending
as thief makes red -> 303 register
as thief GET /register -> 200
as thief sees "One more day to wait"
mail to bob@example.net says "counts from"
as thief GET /change -> 200
as thief uses red alone -> 422
as stranger POST /recover name=bob -> 303 check_messages
as stranger GET /recover/ways -> 200; as stranger POST /recover/method method=passkey -> 303 next_proof
as stranger uses red -> 422
turn the clock 24h
as bob uses red alone -> 303 register

# On the pages of the others it is one of the rows.
run policy set combinedRegistration none -> 0
person eve mail=eve@example.net
run people invite eve -> 0 pass.eve := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as eve POST /signin/pass name=eve pass=$pass.eve -> 303 must_change
as eve POST /signin/choose password="nine quiet lanterns on a hill" -> 303 register
as eve GET /register -> 200
as eve sees "Passkey or security key"
as eve POST /register/add kind=passkey -> 303 pending
as eve makes green -> 303 register
as eve GET /register -> 200
as eve sees "E-mail address"
as eve POST /register/later -> 303 register
