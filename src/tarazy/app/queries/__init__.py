"""What screens read: functions over a transaction that return frozen read models. Nothing here changes anything."""
