{
  "signatures": [
    {
      "keyId": "ba75cdfa1d817065",
      "signature": "yPehLiW1muZfEkgUAgcJSDyc87LW4VdRYvanqHaYnkhA8Q0pPFiwgqrMRLVrrb5vxUP5rARMLiADHz1fvjOPBA=="
    }
  ]
}
