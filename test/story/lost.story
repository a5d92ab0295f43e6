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
