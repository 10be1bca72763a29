namespace Prebake.Transports;

/// <summary>How far a connection is on its way out. Only ever forward.</summary>
internal enum CloseStage : byte
{
    Open,

    /// <summary>Closes when everything written has been taken by the socket.</summary>
    AfterFlush,

    /// <summary>The same, and then <see cref="Lingering"/>. What comes meanwhile is thrown away.</summary>
    LingerAfterFlush,

    /// <summary>The peer has been told that nothing more will be sent; what it still sends is read and thrown away.</summary>
    Lingering,

    Closed,
}
