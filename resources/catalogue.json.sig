{
  "signatures": [
    {
      "keyId": "cd6c32c5f81c229f",
      "signature": "a9jPYi2/Met21wbNUuGNnDNeSHRJcIrcXBFDnz6x4viMFUTEVasUxLKqiEcrZ6S5ty/NQKf/QJzzQR4f4h2ODw=="
    }
  ]
}
