"""What can happen in a sales unit and whether it may: payments, orders, customers, time.

Pure: every function takes the state, a command and the time, and gives facts back or raises a refusal.
A newcomer may read it in this order: `commands` (what is asked), `facts` (what happened), `payments`
(what a payment is), then the decisions: `creation`, `approval`, `modifications`, `orders`.
"""
