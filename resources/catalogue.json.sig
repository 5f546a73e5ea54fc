{
  "signatures": [
    {
      "keyId": "c0d8bdcfd3e76bb7",
      "signature": "ex7zUOGzFnZMbo22ZHKPoypbJBPoCCqdoNQeCza0Hy2CW8lmanSJpoweSVDJxWtEXC80PP9qCyCgTNSXsAxAAA=="
    }
  ]
}
