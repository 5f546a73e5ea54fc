{
  "signatures": [
    {
      "keyId": "2c83ce9138091005",
      "signature": "oUYrGxHduwAbQ+MsJi+ffzprR1UnLv3NO8/Liz83RaRmivKdDkoZznShxA44CaJfzr1PixsnEhLyUMeNQAlcAQ=="
    }
  ]
}
