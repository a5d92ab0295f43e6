# From other networks than those named, everybody hears the same at once, whatever the name; and a reset begun within cannot be ended.
with registered ada
turn the clock 16m
as early POST /recover name=ada                   -> 303 check_messages
mail to ada@home.example -> code := /\b\d{8}\b/
as early POST /recover/answer code=$code          -> 303 next_proof
as early POST /recover/answer code=totp(ada)      -> 303 choose
run policy set resetNetworks 192.0.2.0/24 -> 0
as early POST /recover/choose password="seven green boats at dawn" -> 303 contact_desk
as early sees "only on your organisation's networks"
as visitor POST /recover name=ada                 -> 303 contact_desk
as nobody POST /recover name=eve                  -> 303 contact_desk
pages of visitor and nobody are equal
as visitor sees "only on your organisation's networks"
no mail to ada@home.example like /\b\d{8}\b/
run audit list --person ada --event reset_progress -> 0 why := /not allowed from this network/
as visitor in ja POST /recover name=ada           -> 303 contact_desk
as visitor sees "組織のネットワーク"
as ada POST /signin name=ada password="nine quiet lanterns on a hill" -> 303 prove
run policy set resetNetworks "192.0.2.0/24, 127.0.0.0/8" -> 0
as second POST /recover name=ada                  -> 303 check_messages
