"""Programs that train what the app brings along. The app itself never imports them."""
