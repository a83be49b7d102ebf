"""Who plays a story: the merchant, the customer, time, and those who look whether all is as it should be."""
