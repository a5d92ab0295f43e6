# "I don't have this any more": another way is asked for, as many proofs as before, and nobody learns of it what anybody has.
with registered ada
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
as ada sees "No longer have this?"
as ada POST /signin/lost -> 303 prove
as ada sees "recovery code"
as ada POST /signin/lost -> 303 prove
as ada sees "You said you have none of these any more"
as ada GET /security-info -> 303 signin
run audit list --person ada --event signin -> 0 said := /(User no longer has the mobile app code)/

# Of a reset, for everybody the same.
as visitor POST /recover name=ada -> 303 check_messages
as stranger POST /recover name=noo -> 303 check_messages
as visitor POST /recover/lost -> 303 next_proof; as stranger POST /recover/lost -> 303 next_proof
pages of visitor and stranger are equal
as visitor GET /recover/ways -> 200; as stranger GET /recover/ways -> 200
as visitor sees "You said you don't have this any more"
pages of visitor and stranger are equal
as visitor GET /recover/next_proof -> 200; as stranger GET /recover/next_proof -> 200
as visitor POST /recover/lost -> 303 next_proof; as stranger POST /recover/lost -> 303 next_proof
as visitor POST /recover/lost -> 303 next_proof; as stranger POST /recover/lost -> 303 next_proof
as visitor POST /recover/lost -> 303 next_proof; as stranger POST /recover/lost -> 303 next_proof
as visitor sees "You said you have none of these any more"
pages of visitor and stranger are equal
as visitor from another tab POST /recover/choose password="a long walk to the sea" -> 303 next_proof

# Whoever lost the phone and has nothing else comes by a pass of the help desk, and sets up another in its place.
run people invite ada -> 0 pass := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as owner POST /signin/pass name=ada pass=$pass -> 303 must_change
as owner POST /signin/choose password="a long walk to the sea" -> 303 security-info
as owner GET /security-info -> 200
page of owner -> old := /(?s)icon-totp.*?replace\?id=([0-9a-f]{32})/
as owner GET /security-info/replace?id=$old -> 200
as owner sees "No longer have this?"; as owner sees "signed out everywhere else"
as owner POST /security-info/replace id=$old -> 303 pending
page of owner -> seed.ada := /secret=([A-Z2-7]+)/
as owner POST /security-info/confirm code=totp(ada) label="new phone" -> 303 security-info
as owner sees "new phone"
mail to ada@example.net says "was replaced"; mail to ada@home.example says "was replaced"
as owner POST /signout -> 303
as owner POST /signin name=ada password="a long walk to the sea" -> 303 prove
as owner POST /signin/answer code=totp(ada) -> 303 security-info
