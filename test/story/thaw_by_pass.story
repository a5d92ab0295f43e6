# Who was away, or was frozen, comes back by a pass of the help desk, with the ways they had; all addresses hear.
with registered ada
run people disable ada -> 0
run people enable ada -> 0
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 contact_desk
run people invite ada -> 0 pass := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass      -> 303 must_change
as ada POST /signin/choose password="a long walk to the sea" -> 303 security-info
mail to ada@home.example says "has unlocked your ways"
mail to ada@example.net says "has unlocked your ways"
as ada POST /signout                              -> 303
as ada POST /signin name=ada password="a long walk to the sea" -> 303 prove
as ada POST /signin/answer code=totp(ada)         -> 303 security-info

# A pass that waited when the account was frozen is gone with the freeze.
run people invite ada -> 0 pass := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
run people disable ada -> 0
run people enable ada -> 0
as thief POST /signin/pass name=ada pass=$pass    -> 422
