# An address that the organisation knows hears what happens, in mail of its own, and proves nothing.
person ada mail=ada@example.net other_mail=ada@club.example
run people invite ada -> 0 pass.ada := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as ada POST /signin/pass name=ada pass=$pass.ada  -> 303 must_change
as ada POST /signin/choose password="nine quiet lanterns on a hill" -> 303 security-info
mail to ada@club.example says "password"
as ada GET /security-info/add?kind=mail           -> 200
as ada POST /security-info/add address=ada@home.example -> 303
mail to ada@home.example -> code := /\b\d{8}\b/
as ada POST /security-info/confirm code=$code     -> 303 security-info
mail to ada@club.example says "ada@home.example"
as ada POST /security-info/add kind=totp          -> 303
page of ada -> seed.ada := /secret=([A-Z2-7]+)/
as ada POST /security-info/confirm code=totp(ada) -> 303 security-info

# The code goes to the address that was proved, never to the one that was only said.
as visitor POST /recover name=ada                 -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
no mail to ada@club.example like /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 next_proof
as visitor POST /recover/answer code=totp(ada)    -> 303 choose
as visitor POST /recover/choose password="a long walk to the sea" -> 303 password_done
mail to ada@example.net says "was reset"
mail to ada@club.example -> link := /\/not-me#([A-Za-z0-9_-]+)/

# Where the organisation wrote the same mailbox in another way, it hears once.
person eve mail=eve@example.net other_mail=EVE+club@Example.Net
run people invite eve -> 0 pass.eve := /\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){2,})\b/
as eve POST /signin/pass name=eve pass=$pass.eve  -> 303 must_change
as eve POST /signin/choose password="nine quiet lanterns on a hill" -> 303 security-info
mail to eve@example.net says "password"
no mail to eve+club@example.net
