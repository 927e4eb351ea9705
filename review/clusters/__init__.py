"""An original and its copies, as confirmed pairs connect them."""
