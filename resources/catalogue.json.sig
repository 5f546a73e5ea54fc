{
  "signatures": [
    {
      "keyId": "705a36cfb346c7f7",
      "signature": "x14bse9ILMKv5O0FAyeXJT7zGPFrJvVOEmIAtDRmYXCCxLIqXNXcdDXyIIgI5mg6p7Hm7gJiRVFE9mBefLWcAg=="
    }
  ]
}
