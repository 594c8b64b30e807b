"""The other side of the wire: a test EHR, its CDS client, DTR app and PAS client, and the scenes they play with a payer."""
