"""What the payer asks: DTR, and the policies that CRD, DTR and PAS all read."""
