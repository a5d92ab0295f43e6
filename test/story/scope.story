# Who may reset is a matter of groups: whoever may not walks the same pages, and is told after a real proof.
with registered ada
with registered bob
turn the clock 16m
run group add Staff -> 0
run group join staff --person bob -> 0
run policy set passwordResetEnabledGroups Staff -> 0
run policy set enablementType selected -> 0
as visitor POST /recover name=ada                 -> 303 check_messages
as other POST /recover name=bob                   -> 303 check_messages
pages of visitor and other are equal
as nobody POST /recover name=eve                  -> 303 check_messages
pages of visitor and nobody are equal
mail to ada@home.example -> code := /\b\d{8}\b/
as visitor POST /recover/answer code=$code        -> 303 contact_desk
as visitor sees "hasn't turned on password reset for your account"
mail to bob@home.example -> code := /\b\d{8}\b/
as other POST /recover/answer code=$code          -> 303 next_proof
as other POST /recover/answer code=totp(bob)      -> 303 choose

# An excluded group is out, whatever else holds; the person in the middle of a reset as well.
run policy set excludedGroups Staff -> 0
as other POST /recover/choose password="seven green boats at dawn" -> 303 contact_desk
run policy explain bob -> 0 why := /which is one of excludedGroups/
as bob POST /signin name=bob password="nine quiet lanterns on a hill" -> 303 prove
