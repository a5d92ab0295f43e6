# What is longer than its field is said beside the field, in the person's language, with the rest kept.
with invited ada
as ada GET /security-info/add?kind=mail           -> 200
as ada POST /security-info/add address=long(300)  -> 422
as ada sees "At most 254 letters or digits are accepted"
as ada POST /change password=long(1300)           -> 422
as ada sees "The password is too long. Use at most 256 characters."
as visitor POST /signin name=ada password=long(1300) -> 422
as visitor sees "The password is too long. Use at most 256 characters."
page of visitor -> name := /name="name"[^>]*value="(ada)"|value="(ada)"[^>]*name="name"/
as visitor POST /recover name=long(700)           -> 422
as visitor sees "At most 320 letters or digits are accepted"
as another in ja POST /recover name=long(700)     -> 422
as another sees "長すぎます"

# The flow goes on after it, and no try is spent.
as visitor POST /recover name=nobody              -> 303 check_messages
as visitor POST /recover/answer code=long(200)    -> 422
as visitor sees "The code has 8 digits"
as visitor POST /recover/answer code=12345678     -> 422
as visitor sees "4 tries left"
