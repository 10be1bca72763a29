namespace Prebake.WebSockets;

/// <summary>Why a connection closes (RFC 6455 section 7.4.1), as far as the server itself says so.</summary>
internal static class CloseCode
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int NoStatus = 1005;
    public const int Abnormal = 1006;
    public const int NotUtf8 = 1007;
    public const int TooBig = 1009;
    public const int InternalError = 1011;
    public const int TryAgainLater = 1013;

    /// <summary>May stand in a Close frame. The registry of RFC 6455 section 11.7 goes up to 1014; 1016 to 2999 are
    /// kept for later.</summary>
    public static bool IsSendable(int code) =>
        code is >= 1000 and <= 1014 and not (1004 or NoStatus or Abnormal) or >= 3000 and <= 4999;
}
